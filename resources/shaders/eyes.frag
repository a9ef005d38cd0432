#version 330 core
// Both eyes, drawn onto the skin around them: the lids are the skin itself, parted by an opening that blinks.
in vec3 v_normal;
in vec3 v_view;
in vec4 v_paint;
in vec2 v_finish;
in vec3 v_eye;
in float v_height;
noperspective in float v_line;

uniform vec2 u_gaze;      // eye sizes, to the viewer's right and up
uniform float u_blink;
uniform float u_squint;
uniform float u_wide;
uniform vec2 u_lids;      // the upper lid's height, the outer corner over the inner one
uniform vec3 u_sclera;
uniform vec3 u_iris;
uniform vec3 u_iris_glow;
uniform vec3 u_lash;
uniform vec3 u_crease;
uniform float u_line_strength;  // of the fine lines of a hologram, wandering over the figure

out vec4 out_colour;

const float DOME = 0.16;

void main() {
    vec2 e = v_eye.xy;
    float px = max(fwidth(e.y), 0.004) * 1.2;
    float x = (e.x - 0.02) / 0.98;
    float bow = max(1.0 - x * x, 0.0);
    float arch = sqrt(bow);
    float shut = -0.36 * bow - 0.05 * x;
    float lifted = 0.16 * u_wide - 0.02 * u_squint;
    float top = mix(u_lids.x * mix(arch, bow, 0.25) + lifted * bow + u_lids.y * x, shut, u_blink);
    float low = mix((0.30 * u_squint - 0.06 * u_wide) * bow - 0.60 * mix(arch, bow, 0.35) + 0.4 * u_lids.y * x - 0.02 * x, shut - 0.02, clamp(u_blink * 1.15, 0.0, 1.0));
    float within = step(abs(x), 1.0);
    float open = within * smoothstep(-px, px, top - e.y) * smoothstep(-px, px, e.y - low);

    vec2 gaze = vec2(u_gaze.x * v_eye.z, u_gaze.y);
    // the iris lies behind a clear dome: seen from the side it moves with the viewer, as on a real eye
    vec3 n = normalize(v_normal);
    vec2 deep = (v_view - n * dot(n, v_view)).xy * vec2(v_eye.z, 1.0);
    vec2 iris = e - gaze - vec2(-0.03, -0.03) - DOME * deep;
    float r = length(iris);
    float ring = smoothstep(0.63 + px, 0.63 - px, r);
    float pupil = smoothstep(0.26 + px, 0.26 - px, r);
    float shadow = smoothstep(-0.02, 0.50, top - e.y);
    vec3 white = u_sclera * (0.58 + 0.42 * shadow) * (1.0 - 0.22 * x * x);
    float lower = smoothstep(0.35, -0.55, iris.y);
    vec3 stroma = mix(u_iris, u_iris_glow, lower * smoothstep(0.66, 0.30, r));
    stroma *= 1.0 - 0.62 * smoothstep(0.47, 0.63, r);
    stroma *= 0.45 + 0.55 * shadow;
    vec3 colour = mix(white, mix(stroma, u_lash * 0.28, pupil), ring);
    // two lights, fixed to the room and not to the gaze
    vec2 spark = vec2(e.x * v_eye.z, e.y) - 0.55 * u_gaze;
    float glint = smoothstep(0.15 + px, 0.15 - px, length(spark - vec2(-0.20, 0.20)));
    glint += 0.55 * smoothstep(0.075 + px, 0.075 - px, length(spark - vec2(0.20, -0.24)));
    colour = mix(colour, vec3(1.0), clamp(glint, 0.0, 1.0) * ring);

    float outer = smoothstep(-1.0, 1.0, x);
    float thick = (0.045 + 0.050 * outer) * smoothstep(1.02, 0.70, abs(x - 0.03));
    float flick = 0.05 * smoothstep(0.72, 1.2, x);
    float lash = smoothstep(thick + px, thick - px, abs(e.y - top - thick * 0.55 - flick)) * step(abs(x), 1.0);
    float under = 0.38 * smoothstep(0.035 + px, 0.035 - px, abs(e.y - low + 0.02)) * within * smoothstep(-0.6, 0.7, x);
    float fold = top + 0.17 + 0.10 * u_blink;
    float crease = 0.26 * smoothstep(0.05 + px, 0.0, abs(e.y - fold)) * smoothstep(1.05, 0.5, abs(x)) * (1.0 - u_blink);
    float alpha = max(open, max(lash, max(under, crease)));
    vec3 line = mix(u_lash, u_crease, crease > max(lash, under) ? 1.0 : 0.0);
    colour = mix(colour, line, clamp(max(lash, max(under, crease * (1.0 - open))), 0.0, 1.0) / max(alpha, 0.001));
    float wave = abs(fract(v_line) - 0.5) * 2.0;
    colour *= 1.0 - u_line_strength * wave * wave;
    out_colour = vec4(colour, alpha);
}
