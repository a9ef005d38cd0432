#version 330 core
// The figure's surface: turns the head about its pivot, lifts the chest with the breath and the shoulders, projects.
in vec3 in_position;
in vec3 in_normal;
in vec4 in_paint;    // colour, shade
in vec2 in_finish;   // gloss, how much the vertex follows the head
in vec3 in_eye;      // eye-local x, y, side

uniform mat4 u_project;
uniform vec3 u_camera;
uniform mat3 u_turn;
uniform vec3 u_pivot;
uniform float u_breath;
uniform vec2 u_shoulders;  // the character's right and left one raised, 0..1
uniform vec2 u_fade;  // heights between which the figure dissolves into light
uniform vec2 u_lines;  // how many the view holds, phase

#ifdef LIT_PER_VERTEX
#define PASSED  // not on: they are used up here
out vec3 v_colour;
#else
#define PASSED out
#endif
PASSED vec3 v_normal;
PASSED vec3 v_view;
PASSED vec4 v_paint;
PASSED vec2 v_finish;    // gloss, presence
out vec3 v_eye;
out float v_height;
noperspective out float v_line;

#ifdef LIT_PER_VERTEX
#include "figure_light.glsl"
#endif

void main() {
    float chest = 1.0 - in_finish.y;
    vec3 rest = in_position;
    rest.y += u_breath * (0.10 + 0.10 * chest);
    rest.xz *= 1.0 + 0.012 * u_breath * chest;
    vec2 away = smoothstep(1.5, 8.5, vec2(-rest.x, rest.x)) * u_shoulders;
    float raised = (away.x + away.y) * chest;
    rest.xy += raised * vec2(-0.06 * rest.x, 1.7);
    vec3 turned = u_turn * (rest - u_pivot) + u_pivot;
    vec3 world = mix(rest, turned, in_finish.y);
    v_normal = mix(in_normal, u_turn * in_normal, in_finish.y);
    v_view = normalize(u_camera - world);
    v_paint = in_paint;
    v_finish = vec2(in_finish.x, smoothstep(u_fade.x, u_fade.y, in_position.y));
    v_eye = in_eye;
    v_height = in_position.y;
    gl_Position = u_project * vec4(world, 1.0);
    v_line = (gl_Position.y / gl_Position.w * 0.5 + 0.5) * u_lines.x + u_lines.y;
#ifdef LIT_PER_VERTEX
    v_colour = lit();
#endif
}
