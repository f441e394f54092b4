//! Standards, items, answers, adjudications and waivers; outcomes become item results. Pure.
