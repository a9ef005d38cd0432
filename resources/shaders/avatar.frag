#version 330 core
// A figure from another tool in the light of our own: a lamp, a soft fill from below, the hologram's rim. Display colours.
in vec3 v_normal;
in vec3 v_view;
in vec3 v_world;
in vec2 v_uv;
in vec4 v_colour;
noperspective in float v_line;

uniform sampler2D u_picture;
uniform float u_pictured;   // 0: no picture
uniform vec4 u_colour;
uniform float u_cutoff;
uniform float u_unlit;
uniform vec3 u_key;
uniform vec3 u_shadow;
uniform vec3 u_rim;
uniform vec3 u_rim_far;
uniform vec2 u_fade;        // heights between which the figure dissolves into light
uniform vec2 u_sides;       // distances from the middle between which it does so aside
uniform float u_line_strength;

out vec4 out_colour;

const vec3 LAMP = vec3(-0.42, 0.52, 0.744);
const vec3 FILL = vec3(0.60, -0.25, 0.76);
const vec3 BETWEEN = vec3(-0.225, 0.278, 0.934);  // half way from the lamp to a viewer in front

void main() {
    vec4 paint = u_colour * v_colour;
    if (u_pictured > 0.5) paint *= texture(u_picture, v_uv);
    float presence = smoothstep(u_fade.x, u_fade.y, v_world.y) * smoothstep(u_sides.y, u_sides.x, abs(v_world.x));
    if (paint.a < u_cutoff || presence <= 0.0) discard;
    vec3 n = normalize(v_normal);
    if (!gl_FrontFacing) n = -n;
    float facing = clamp(dot(n, normalize(v_view)), 0.0, 1.0);
    float wrap = clamp(dot(n, LAMP) * 0.62 + 0.42, 0.0, 1.0);
    float lit = wrap * wrap * (3.0 - 2.0 * wrap);
    vec3 light = mix(u_shadow, u_key, lit) + u_rim * (0.10 * clamp(dot(n, FILL), 0.0, 1.0) * (1.0 - lit));
    vec3 colour = paint.rgb * mix(light, vec3(1.0), u_unlit);
    float edge = 1.0 - facing;
    float rim = edge * edge * edge;
    float bright = 1.0 - 0.6 * u_unlit;
    colour += mix(u_rim_far, u_rim, clamp(n.x * 0.8 + 0.5 + n.y * 0.3, 0.0, 1.0)) * (rim * bright);
    float half_lamp = clamp(dot(n, BETWEEN), 0.0, 1.0);
    float sheen = half_lamp * half_lamp;
    sheen *= sheen; sheen *= sheen; sheen *= sheen;
    colour += sheen * 0.10 * (1.0 - u_unlit);
    // the outline fades over its last pixel or two, as our own figure's does
    colour *= mix(0.35 + 0.65 * smoothstep(0.0, 0.16, facing), 1.0, u_unlit);
    colour = mix(u_rim * (0.25 + 0.9 * rim), colour, presence) * presence;
    float wave = abs(fract(v_line) - 0.5) * 2.0;
    colour *= 1.0 - u_line_strength * wave * wave;
    out_colour = vec4(colour, paint.a);
}
