"""Our own renderer and the character it draws: no Qt, numpy and moderngl only.

How the rest of the product uses it:

* `animation.FaceAnimator(seed)`: `schedule(cues)`, `cut(at_s)`, `pose(now_s, audio_position_s, mood) -> FacePose`.
* `character_store.CharacterStore(cache_dir)`: the character; call it with a `character.Detail` in any thread before the
  window opens to keep sculpting (about a second, once per version) out of the first frame.
* Inside a foreign context, such as a window's, with that context current:
  `ctx = gl_context.current_context()`, `renderer.Renderer(ctx, store, renderer.RenderSettings(budget_ms=22))`, then per
  frame `render_to(framebuffer_size, pose, modes.Flat(), time_s)` and at the end `release()`. The framebuffer bound at
  the call is overwritten whole; blending, depth test, culling and scissor are off afterwards. It
  adapts its scale and mesh to `budget_ms`; `frame_ms` says what the last frame cost and `software` whether the
  processor draws, so that the caller can lower the frame rate where even the lowest quality is too dear.
* Without a display: `snapshot.render_png(path, size, pose, mode)`, `snapshot.render_rgb(…)`, or `snapshot.Studio` for
  many pictures. `snapshot.mode_named("flat" | "pyramid")`, `snapshot.viseme_pose(viseme)`.
* `modes.Flat(vertical_offset)` and `modes.Pyramid(sides, base, mirror, gap)` are the display modes.

No OpenGL 3.3 (or no EGL) raises `DeviceError("display", …)`.
"""
