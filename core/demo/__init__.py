"""The bundled model and everything it came from: scenes, sprites, training script, weights. No photographs."""
