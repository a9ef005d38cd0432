// Soft two-tone light, a sheen, and the hologram's own light along each outline. Display colours throughout.
// Worked out per pixel, or per vertex where the processor draws: whoever takes this in has v_normal, v_view, v_paint, v_finish.
uniform vec3 u_key;
uniform vec3 u_shadow;
uniform vec3 u_rim;
uniform vec3 u_rim_far;

const vec3 LAMP = vec3(-0.42, 0.52, 0.744);
const vec3 BETWEEN = vec3(-0.225, 0.278, 0.934);  // half way from the lamp to a viewer in front

vec3 lit() {
    vec3 n = normalize(v_normal);
    float facing = clamp(dot(n, v_view), 0.0, 1.0);
    float lamp = dot(n, LAMP);
    float wrap = clamp(lamp * 0.62 + 0.40, 0.0, 1.0);
    float lit = wrap * wrap * (3.0 - 2.0 * wrap) * v_paint.a;
    vec3 colour = v_paint.rgb * mix(u_shadow, u_key, lit);
    float edge = 1.0 - facing;
    float rim = edge * edge * edge;
    colour += mix(u_rim_far, u_rim, clamp(n.x * 0.8 + 0.5 + n.y * 0.3, 0.0, 1.0)) * (rim * smoothstep(0.35, 0.9, v_paint.a));
    float half_lamp = clamp(dot(n, BETWEEN), 0.0, 1.0);
    float sheen = half_lamp * half_lamp;
    sheen *= sheen; sheen *= sheen; sheen *= sheen;
    colour += sheen * v_finish.x * 0.55;
    // the outline fades over its last pixel or two: the figure ends in light, not in stairs
    colour *= 0.35 + 0.65 * smoothstep(0.0, 0.16, facing);
    colour = mix(u_rim * (0.25 + 0.9 * rim), colour, v_finish.y) * v_finish.y;
    return colour;
}
