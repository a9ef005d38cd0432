#version 330 core
// The figure's surface; its light is in figure_light.glsl.
#ifdef LIT_PER_VERTEX
in vec3 v_colour;
vec3 lit() { return v_colour; }
#else
in vec3 v_normal;
in vec3 v_view;
in vec4 v_paint;
in vec2 v_finish;
#include "figure_light.glsl"
#endif
noperspective in float v_line;

uniform float u_line_strength;  // of the fine lines of a hologram, wandering over the figure

out vec4 out_colour;

void main() {
    vec3 colour = lit();
    float wave = abs(fract(v_line) - 0.5) * 2.0;
    colour *= 1.0 - u_line_strength * wave * wave;
    out_colour = vec4(colour, 1.0);
}
