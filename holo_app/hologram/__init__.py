"""Our own renderer and the character it draws: no Qt, numpy and moderngl only.

How the rest of the product uses it:

* `animation.FaceAnimator(seed)`: `schedule(cues)` for the mouth, `act(face_cue)` for expression and gestures, both on the
  audio's timeline, `cut(at_s)`, `look_at(point | None)` for the visitor's face, `glance(yaw, pitch)` at a thing, and per frame
  `pose(now_s, audio_position_s, mood) -> FacePose`. `arkit.arkit_weights(pose)` says the same in ARKit's 52 names.
* `character_store.CharacterStore(cache_dir)`: the characters; call it with a `character.Detail` and one of `looks.LOOKS` in any
  thread before the window opens to keep sculpting (some seconds, once per version) out of the first frame.
* `expressions.EXPRESSIONS`: what each expression does to a face; `expressive(expression, viseme)` is such a face.
* Inside a foreign context, such as a window's, with that context current:
  `ctx = gl_context.current_context()`,
  `renderer.Renderer(ctx, cast.Sculpted(store, look), renderer.RenderSettings(budget_ms=22))`, per frame
  `draw(pose, display_size, modes.Flat(), time_s)`, later `place(display_size)` into the framebuffer bound then, and
  at the end `release()`. Blending, depth test, culling and scissor are off after each. It
  adapts its scale and mesh to `budget_ms`; `frame_ms` says what the last frame cost and `software` whether the
  processor draws, so that the caller can lower the frame rate where even the lowest quality is too dear.
* Without a display: `snapshot.Studio`, for as many pictures as one likes; `expressions.expressive` makes the pose.
* `contact_sheet.contact_sheet(cache_dir, look, size)`: all that a look can show, in one picture.
* Another's figure: `avatars` reads, checks and draws glTF and VRM. `beside.Accompanied` floats a product beside whoever is
  drawn. Either may be wider than our own figure, and says so: see `cast.Unbounded`.
* In the character's place a picture or a video: `plane.Screened(plane.PictureFeed(), place, key)` is a figure maker as
  `cast.Sculpted` is; `feed.show(rgba)` from any thread.
* After `DeviceError` from `draw` or `place`: `release()`, and another `Renderer` later.
* `modes` and `lightfield.mode` are the display modes; `lightfield.lens` weaves a quilt for a lenticular panel.

No OpenGL 3.3 (or no EGL) raises `DeviceError("display", …)`.
"""
