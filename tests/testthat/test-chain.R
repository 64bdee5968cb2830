test_that("a chain has the shapes that it says", {
  chain <- run_mcmc(normal, named_start(), 30, seed = 7)
  expect_identical(dim(chain), c(30L, 20L, 2L))
  expect_identical(as.array(chain), chain$draws)
  expect_identical(as.matrix(chain)[31, ], chain$draws[1, 2, ])
  frame <- as.data.frame(chain)
  expect_identical(names(frame), c("step", "walker", "a", "b", "log_prob"))
  row <- frame[frame$step == 5 & frame$walker == 3, ]
  expect_identical(row$b, chain$draws[[5, 3, "b"]])
  expect_identical(row$log_prob, chain$log_prob[5, 3])
})

test_that("a chain_file answers as the chain does", {
  file <- temp_chain()
  run <- run_mcmc(normal, named_start(), 30, seed = 7, file = file)
  chain <- read_chain(run)
  expect_identical(dim(run), as.double(dim(chain)))
  expect_identical(as.array(run), as.array(chain))
  expect_identical(as.matrix(run), as.matrix(chain))
  expect_identical(as.data.frame(run), as.data.frame(chain))
  expect_identical(acceptance_rate(run), acceptance_rate(chain))
  expect_identical(last_state(run), last_state(chain))
  expect_identical(summary(run), summary(chain))
})

test_that("a summary says what the draws say", {
  chain <- run_mcmc(normal, named_start(), 3000, seed = 7)
  summary <- summary(chain)
  expect_identical(summary$parameter, c("a", "b"))
  expect_equal(summary$mean, as.vector(apply(chain$draws, 3, mean)))
  expect_equal(summary$q50, as.vector(apply(chain$draws, 3, median)))
  expect_equal(summary$ess, 3000 * 20 / summary$tau)
  expect_equal(summary$mcse, unname(mcse(chain)))
  expect_equal(summary$rhat, unname(rhat(chain)))
  expect_true(all(is.na(summary(run_mcmc(normal, start(), 20, seed = 7))$tau)))
})

test_that("chains, moves and files print", {
  expect_snapshot(run_mcmc(normal, named_start(), 1000, seed = 7))
  expect_snapshot(move_stretch(a = 3))
  file <- temp_chain()
  run <- run_mcmc(normal, named_start(), 20, seed = 7, file = file)
  expect_output(print(run), "finished, 20 of 20 steps \\(100%\\).*20 walkers x 2 parameters")
})

test_that("what is not a chain is refused", {
  expect_snapshot(acceptance_rate(3), error = TRUE, transform = scrub)
  expect_snapshot(last_state("a.h5"), error = TRUE, transform = scrub)
})

test_that("plots can be drawn", {
  path <- withr::local_tempfile(fileext = ".png")
  grDevices::png(path)
  withr::defer(grDevices::dev.off())
  chain <- run_mcmc(normal, named_start(), 50, seed = 7)
  expect_named(plot(chain), c("trace", "density"))
  expect_no_error(plot(chain, parameters = "b"))
  expect_snapshot(plot(chain, parameters = "c"), error = TRUE, transform = scrub)
})

test_that("tables of other packages can be made of it, and decimal commas are no hindrance", {
  chain <- run_mcmc(normal, start(), 20, seed = 7)
  expect_identical(nrow(data.frame(chain)), 20L * nrow(start()))
  expect_identical(as.data.frame(chain, stringsAsFactors = FALSE), as.data.frame(chain))
  withr::local_options(OutDec = ",", warn = 2)
  expect_output(print(chain), "acceptance rate")
  expect_identical(format_count(12345), "12,345")
})

test_that("a file of a run is not taken for a list of strings", {
  file <- temp_chain()
  run <- run_mcmc(normal, start(), 20, seed = 7, file = file)
  for (ask in list(c, unique, mean, t, utils::head, utils::tail, stats::window, subset, function(x) rep(x, 2), function(x) x[1, , ])) {
    expect_error(ask(run), class = "livechain_error_argument")
  }
  chain <- read_chain(run)
  for (ask in list(unique, function(x) rep(x, 2))) expect_error(ask(chain), class = "livechain_error_argument")
  expect_false(anyNA(chain))
  chain$draws[3] <- NA
  expect_true(anyNA(chain))
  expect_output(utils::str(run), "path")
})

test_that("the only run of a file is meant by its path, whatever its name", {
  file <- temp_chain()
  run <- run_mcmc(normal, start(), 60, seed = 7, file = file, name = "fit")
  expect_identical(summary(file), summary(run))
  expect_identical(rhat(file), rhat(run))
  expect_identical(diagnose(file)$problems, diagnose(run)$problems)
  run_mcmc(normal, start(), 60, seed = 8, file = file, name = "other")
  expect_error(summary(file), class = "livechain_error_no_run")
})
