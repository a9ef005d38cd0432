#version 330 core
// A figure from another tool: up to four bones hold each vertex, their matrices lie in a texture, a row each.
in vec3 in_position;
in vec3 in_normal;
in vec2 in_uv;
in vec4 in_colour;
in uvec4 in_rows;
in vec4 in_weights;

uniform sampler2D u_bones;  // a matrix per row, a column per texel
uniform mat4 u_place;
uniform mat4 u_project;
uniform vec3 u_camera;
uniform vec2 u_lines;  // how many the view holds, phase

out vec3 v_normal;
out vec3 v_view;
out vec3 v_world;
out vec2 v_uv;
out vec4 v_colour;
noperspective out float v_line;

mat4 bone(uint row) {
    int y = int(row);
    return mat4(
        texelFetch(u_bones, ivec2(0, y), 0), texelFetch(u_bones, ivec2(1, y), 0),
        texelFetch(u_bones, ivec2(2, y), 0), texelFetch(u_bones, ivec2(3, y), 0)
    );
}

void main() {
    mat4 held = in_weights.x * bone(in_rows.x);
    if (in_weights.y > 0.0) held += in_weights.y * bone(in_rows.y);
    if (in_weights.z > 0.0) held += in_weights.z * bone(in_rows.z);
    if (in_weights.w > 0.0) held += in_weights.w * bone(in_rows.w);
    held = u_place * held;
    vec4 world = held * vec4(in_position, 1.0);
    v_normal = mat3(held) * in_normal;
    v_view = u_camera - world.xyz;
    v_world = world.xyz;
    v_uv = in_uv;
    v_colour = in_colour;
    gl_Position = u_project * vec4(world.xyz, 1.0);
    v_line = (gl_Position.y / gl_Position.w * 0.5 + 0.5) * u_lines.x + u_lines.y;
}
