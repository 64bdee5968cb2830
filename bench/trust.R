# Are wrong answers flagged, and right ones not? Densities of which the truth is known, from wide starts and, where there
# are several modes, from a ball in one of them, with the default moves and with move_stretch(), as diagnose() judges
# them. A run is wrong when a mean is off by more than .3 standard deviations, right when all are within .1. Writes the
# table in trust.md.

library(livechain)

folder <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(folder, "densities_known.R"))
n_runs <- as.numeric(Sys.getenv("LIVECHAIN_RUNS", "8"))
n_evaluations <- 2e5

sample_density <- function(density, moves, start, seed) {
  n_walkers <- max(40, 4 * density$d)
  set.seed(seed)
  init <- density[[start]](n_walkers)
  suppressMessages(run_mcmc(density$log_prob, init, n_evaluations %/% n_walkers, moves = moves, vectorized = TRUE, seed = seed))
}

judge <- function(density, moves, start, seed) {
  chain <- sample_density(density, moves, start, seed)
  known <- seq_along(density$mean)
  kept <- livechain:::select_steps(chain, "auto", 1)
  means <- colMeans(as.matrix(kept)[, known, drop = FALSE])
  diagnosis <- diagnose(chain)
  kinds <- diagnosis$problems$kind
  data.frame(error = max(abs(means - density$mean) / density$sd), flagged = !diagnosis$ok, short_only = identical(kinds, "short"))
}

verdicts <- function(name, moves, start) {
  runs <- do.call(rbind, lapply(seq_len(n_runs), function(seed) judge(known_densities[[name]], moves, start, seed)))
  wrong <- runs$error > 0.3
  right <- runs$error < 0.1
  data.frame(
    density = name, start = c(draw = "wide", ball = "ball")[[start]], moves = if (is.null(moves)) "default" else "stretch",
    error = signif(sqrt(mean(runs$error^2)), 2), wrong = sum(wrong), "wrong, flagged" = sum(wrong & runs$flagged),
    right = sum(right), "right, flagged" = sum(right & runs$flagged), "of these only short" = sum(right & runs$short_only),
    check.names = FALSE
  )
}

cells <- expand.grid(moves = c("default", "stretch"), name = names(known_densities), start = c("draw", "ball"), stringsAsFactors = FALSE)
cells <- cells[cells$start == "draw" | vapply(cells$name, function(name) !is.null(known_densities[[name]]$ball), TRUE), ]
table <- do.call(rbind, lapply(seq_len(nrow(cells)), function(i) {
  verdicts(cells$name[i], if (cells$moves[i] == "stretch") move_stretch(), cells$start[i])
}))
shown <- knitr::kable(table, format = "pipe", row.names = FALSE)
wide <- table[table$start == "wide", ]
steady <- wide$error < 0.05
totals <- c(
  sprintf("From wide starts %d of %d wrong runs are flagged.", sum(wide[["wrong, flagged"]]), sum(wide$wrong)),
  sprintf(
    "Of the %d right runs of the densities and moves whose error is below .05, %d are flagged; of all %d that are right, also by luck, %d.",
    sum(wide$right[steady]), sum(wide[["right, flagged"]][steady]), sum(wide$right), sum(wide[["right, flagged"]])
  ),
  sprintf(
    "Of the runs that start in one mode, %d of %d wrong ones are flagged.",
    sum(table[["wrong, flagged"]]) - sum(wide[["wrong, flagged"]]), sum(table$wrong) - sum(wide$wrong)
  )
)
print(shown)
writeLines(totals)
writeLines(c(
  "# Are wrong answers flagged, and right ones not?", "",
  sprintf("%d runs of each, %s evaluations, burn-in left out by `discard = \"auto\"`. `error` is the largest error of a mean in standard", n_runs, format(n_evaluations, big.mark = ",")),
  "deviations, rms over runs; a run is wrong above .3 and right below .1. Flagged: `diagnose()` finds a problem. A single",
  "ensemble that starts in one mode cannot know of the others. Made by `Rscript bench/trust.R`.", "", totals, "", shown
), file.path(folder, "trust.md"))
