#version 330 core
// Once per new picture, for however many views: takes the backdrop out; colour multiplied by what is left of it.
in vec2 v_uv;
uniform sampler2D u_raw;       // top row first
uniform int u_way;             // 0 all of it, 1 straight alpha, 2 premultiplied alpha, 3 chroma key
uniform vec3 u_key;            // colour of the backdrop
uniform float u_tolerance;     // how far from pure backdrop still counts as it, 0..1
uniform float u_softness;      // over how much more the picture comes in, 0..1
uniform float u_spill;         // how much of the backdrop's light on the figure is taken away, 0..1
out vec4 out_colour;

const vec3 LUMA = vec3(0.299, 0.587, 0.114);

// Blue and red difference (Rec. 601), without the offset.
vec2 chroma(vec3 colour) {
    float y = dot(colour, LUMA);
    return vec2((colour.b - y) * 0.564, (colour.r - y) * 0.713);
}

vec3 rgb(float y, vec2 c) {
    float red = y + c.y / 0.713, blue = y + c.x / 0.564;
    return vec3(red, (y - LUMA.r * red - LUMA.b * blue) / LUMA.g, blue);
}

vec4 keyed(vec3 colour) {
    vec2 key = chroma(u_key), own = chroma(colour);
    float strength = max(length(key), 0.001);
    vec2 towards = key / strength;
    float along = dot(own, towards);
    float across = abs(own.x * towards.y - own.y * towards.x);
    // 1 is the backdrop itself, however it is mixed with what stands before it; 0 is grey or another hue
    float backdrop = (along - across) / strength;
    float least = 1.0 - u_tolerance - u_softness;
    float alpha = 1.0 - smoothstep(least, least + max(u_softness, 0.001), backdrop);
    vec2 clean = own - towards * max(along - across, 0.0) * u_spill;
    return vec4(clamp(rgb(dot(colour, LUMA), clean), 0.0, 1.0) * alpha, alpha);
}

void main() {
    vec4 raw = texture(u_raw, vec2(v_uv.x, 1.0 - v_uv.y));
    if (u_way == 3) {
        out_colour = keyed(raw.rgb);
    } else if (u_way == 2) {
        out_colour = vec4(min(raw.rgb, raw.aaa), raw.a);
    } else if (u_way == 1) {
        out_colour = vec4(raw.rgb * raw.a, raw.a);
    } else {
        out_colour = vec4(raw.rgb, 1.0);
    }
}
