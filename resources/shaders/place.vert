#version 330 core
// A polygon of the finished picture, placed on the display.
in vec2 in_place;
in vec2 in_uv;
out vec2 v_uv;

void main() {
    v_uv = in_uv;
    gl_Position = vec4(in_place, 0.0, 1.0);
}
