#version 330 core
// As place.frag, with the fine lines of a hologram wandering over the picture.
in vec2 v_uv;
uniform sampler2D u_picture;
uniform vec2 u_lines;  // strength, phase
uniform float u_rows;
out vec4 out_colour;

void main() {
    float wave = abs(fract(v_uv.y * u_rows + u_lines.y) - 0.5) * 2.0;
    out_colour = vec4(texture(u_picture, v_uv).rgb * (1.0 - u_lines.x * wave * wave), 1.0);
}
