#version 330 core
// Each colour of each pixel of the panel shows the view that its lens throws its light towards.
uniform sampler2D u_quilt;
uniform sampler2D u_columns; // phases, in lenses: 0..1 each, their sum's fraction counts
uniform sampler2D u_rows;
uniform sampler2D u_cells;
uniform ivec2 u_panel;
uniform ivec2 u_tiles;
uniform bool u_inverted;
uniform bool u_smooth;
out vec4 out_colour;

const ivec2 PATTERN = ivec2(2, 4);

// One colour of a tile at a place within it (0..1); nothing of its neighbours.
float of_tile(ivec2 tile, vec2 place, int colour) {
    vec2 size = vec2(textureSize(u_quilt, 0)) / vec2(u_tiles);
    vec2 begin = vec2(tile) * size;
    ivec2 first = ivec2(begin + 0.5);
    ivec2 last = ivec2(begin + size + 0.5) - 1;
    if (!u_smooth) {
        return texelFetch(u_quilt, clamp(ivec2(floor(begin + place * size)), first, last), 0)[colour];
    }
    vec2 at = begin + place * size - 0.5;
    ivec2 low = ivec2(floor(at));
    vec2 share = at - vec2(low);
    ivec2 a = clamp(low, first, last);
    ivec2 b = clamp(low + 1, first, last);
    float below = mix(texelFetch(u_quilt, a, 0)[colour], texelFetch(u_quilt, ivec2(b.x, a.y), 0)[colour], share.x);
    float above = mix(texelFetch(u_quilt, ivec2(a.x, b.y), 0)[colour], texelFetch(u_quilt, b, 0)[colour], share.x);
    return mix(below, above, share.y);
}

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy);
    vec3 cell = texelFetch(u_cells, pixel % PATTERN, 0).rgb;
    float own = texelFetch(u_columns, ivec2(pixel.x, 0), 0).r + texelFetch(u_rows, ivec2(pixel.y, 0), 0).r;
    vec3 phase = fract(own + cell);
    if (u_inverted) {
        phase = 1.0 - phase;
    }
    int views = u_tiles.x * u_tiles.y;
    ivec3 view = clamp(ivec3(floor(phase * float(views))), 0, views - 1);
    vec2 place = (vec2(pixel) + 0.5) / vec2(u_panel);
    for (int colour = 0; colour < 3; ++colour) {
        out_colour[colour] = of_tile(ivec2(view[colour] % u_tiles.x, view[colour] / u_tiles.x), place, colour);
    }
    out_colour.a = 1.0;
}
