#version 330 core
in vec2 v_uv;
noperspective in float v_line;
uniform sampler2D u_picture;    // colour multiplied by alpha
uniform float u_line_strength;  // of the fine lines of a hologram
uniform float u_fade;           // share of the height over which the lower edge dissolves
out vec4 out_colour;

void main() {
    vec4 colour = texture(u_picture, v_uv) * smoothstep(0.0, max(u_fade, 0.0001), v_uv.y + 0.0001);
    if (colour.a < 0.004) {
        discard;  // what is not there hides nothing behind it
    }
    float wave = abs(fract(v_line) - 0.5) * 2.0;
    out_colour = vec4(colour.rgb * (1.0 - u_line_strength * wave * wave), colour.a);
}
