"""The shared vocabulary: files, places, problems, input models, periods, sources. Imports nothing of ours."""
