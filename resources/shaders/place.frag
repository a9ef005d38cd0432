#version 330 core
in vec2 v_uv;
uniform sampler2D u_picture;
uniform vec2 u_lines;   // strength, phase of the scan lines
uniform float u_rows;   // scan lines over the whole picture
out vec4 out_colour;

void main() {
    vec3 colour = texture(u_picture, v_uv).rgb;
    colour *= 1.0 - u_lines.x * (0.5 + 0.5 * sin(6.2832 * (v_uv.y * u_rows + u_lines.y)));
    out_colour = vec4(colour, 1.0);
}
