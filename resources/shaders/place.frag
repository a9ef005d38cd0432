#version 330 core
in vec2 v_uv;
uniform sampler2D u_picture;
out vec4 out_colour;

void main() {
    out_colour = texture(u_picture, v_uv);
}
