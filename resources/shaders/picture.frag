#version 330 core
in vec2 v_uv;
noperspective in float v_line;

uniform sampler2D u_picture;
uniform vec2 u_half;      // half width and height, in units: corners and border are round whatever the shape
uniform vec3 u_rim;
uniform float u_line_strength;

out vec4 out_colour;

const float ROUND = 0.35;
const float BORDER = 0.10;

void main() {
    vec4 paint = texture(u_picture, vec2(gl_FrontFacing ? v_uv.x : 1.0 - v_uv.x, v_uv.y));
    vec2 beyond = abs(v_uv * 2.0 - 1.0) * u_half - (u_half - ROUND);
    float outside = length(max(beyond, 0.0)) + min(max(beyond.x, beyond.y), 0.0) - ROUND;
    float px = max(fwidth(outside), 0.001);
    float sheet = smoothstep(px, -px, outside);
    // where the picture is see-through there is no sheet to have a border
    float border = smoothstep(-BORDER - px, -BORDER + px, outside) * step(0.5, paint.a);
    vec3 colour = mix(paint.rgb, u_rim, 0.75 * border);
    float wave = abs(fract(v_line) - 0.5) * 2.0;
    colour *= 1.0 - u_line_strength * wave * wave;
    float alpha = paint.a * sheet;
    if (alpha < 0.004) discard;
    out_colour = vec4(colour, alpha);
}
