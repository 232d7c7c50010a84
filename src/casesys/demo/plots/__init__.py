"""What happens in Heyuan: one generator a story, each over a scene of its own. They know nothing of each other."""
