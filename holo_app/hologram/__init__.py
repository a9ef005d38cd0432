"""Our own renderer and the character it draws: no Qt, numpy and moderngl only.

How the rest of the product uses it:

* `animation.FaceAnimator(seed)`: `schedule(cues)`, `cut(at_s)`, `pose(now_s, audio_position_s, mood) -> FacePose`.
* `character_store.CharacterStore(cache_dir)`: the character; call it with a `character.Detail` in any thread before the
  window opens to keep sculpting (about a second, once per version) out of the first frame.
* Inside a foreign context, such as a window's, with that context current:
  `ctx = gl_context.current_context()`, `renderer.Renderer(ctx, cast.Sculpted(store), renderer.RenderSettings(budget_ms=22))`,
  per frame `draw(pose, display_size, modes.Flat(), time_s)`, later `place(display_size)` into the framebuffer bound then, and
  at the end `release()`. Blending, depth test, culling and scissor are off after each. It
  adapts its scale and mesh to `budget_ms`; `frame_ms` says what the last frame cost and `software` whether the
  processor draws, so that the caller can lower the frame rate where even the lowest quality is too dear.
* Without a display: `snapshot.render_png(path, size, pose, mode)`, `snapshot.render_rgb(…)`, or `snapshot.Studio` for
  many pictures. `snapshot.viseme_pose(viseme)`.
* In the character's place a picture or a video: `plane.Screened(plane.PictureFeed(), place, key)` is a figure maker as
  `cast.Sculpted` is; `feed.show(rgba)` from any thread.
* After `DeviceError` from `draw` or `place`: `release()`, and another `Renderer` later.
* `modes` and `lightfield.mode` are the display modes; `lightfield.lens` weaves a quilt for a lenticular panel.

No OpenGL 3.3 (or no EGL) raises `DeviceError("display", …)`.
"""
