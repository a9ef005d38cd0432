#version 330 core
// A picture that stands in the scene, upright and facing forwards.
uniform mat4 u_project;
uniform vec3 u_centre;
uniform vec2 u_size;
uniform vec2 u_lines;  // how many the view holds, phase
out vec2 v_uv;
noperspective out float v_line;

void main() {
    v_uv = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    gl_Position = u_project * vec4(u_centre + vec3((v_uv - 0.5) * u_size, 0.0), 1.0);
    v_line = (gl_Position.y / gl_Position.w * 0.5 + 0.5) * u_lines.x + u_lines.y;
}
