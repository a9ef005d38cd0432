#version 330 core
// A picture that floats: a sheet with a small border of light.
in vec2 in_place;  // -1..1

uniform mat4 u_place;
uniform mat4 u_project;
uniform vec2 u_lines;

out vec2 v_uv;
noperspective out float v_line;

void main() {
    v_uv = vec2(in_place.x * 0.5 + 0.5, 0.5 - in_place.y * 0.5);
    gl_Position = u_project * u_place * vec4(in_place, 0.0, 1.0);
    v_line = (gl_Position.y / gl_Position.w * 0.5 + 0.5) * u_lines.x + u_lines.y;
}
