#version 330 core
// One pass of the glow around what is bright. Nothing is taken from a neighbouring view.
in vec2 v_uv;
uniform sampler2D u_picture;
uniform int u_pass;       // 0 what is bright, smaller; 1 smeared along u_step; 2 as it is, times u_strength
uniform vec2 u_step;      // one pixel of the smaller picture
uniform vec2 u_tiles;     // views across and up
uniform float u_strength;
out vec4 out_colour;

const float LEAST = 0.45;

vec3 near(vec2 offset) {
    vec2 tile = floor(v_uv * u_tiles);
    vec2 edge = 0.5 / vec2(textureSize(u_picture, 0));
    return texture(u_picture, clamp(v_uv + offset, tile / u_tiles + edge, (tile + 1.0) / u_tiles - edge)).rgb;
}

void main() {
    vec3 colour = vec3(0.0);
    if (u_pass == 0) {
        for (int corner = 0; corner < 4; ++corner) {
            vec3 one = near((vec2(corner & 1, corner >> 1) - 0.5) * 0.5 * u_step);
            float light = max(one.r, max(one.g, one.b));
            colour += one * 0.25 * smoothstep(LEAST, 1.0, light);
        }
    } else if (u_pass == 1) {
        // a bell of nine pixels, read two at a time
        colour = near(vec2(0.0)) * 0.2270270;
        colour += (near(u_step * 1.3846154) + near(-u_step * 1.3846154)) * 0.3162162;
        colour += (near(u_step * 3.2307692) + near(-u_step * 3.2307692)) * 0.0702703;
    } else {
        colour = near(vec2(0.0)) * u_strength;
    }
    out_colour = vec4(colour, 1.0);
}
