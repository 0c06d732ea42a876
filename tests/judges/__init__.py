"""Published instances whose optima are known: the plan, or its solving code, must find them."""
