test_that("posterior takes chains and chain_files", {
  skip_if_not_installed("posterior")
  file <- temp_chain()
  run <- run_mcmc(normal, named_start(), 50, file = file, seed = 7)
  chain <- read_chain(run)
  draws <- posterior::as_draws_array(chain)
  expect_identical(dim(draws), c(50L, 20L, 2L))
  expect_identical(as.vector(draws[3, 4, "b"]), chain$draws[[3, 4, "b"]])
  expect_identical(posterior::as_draws_array(run), draws)
  expect_identical(posterior::variables(posterior::as_draws_df(chain)), c("a", "b"))
  expect_identical(posterior::ndraws(posterior::as_draws_matrix(run)), 1000L)
  expect_equal(mean(posterior::as_draws_rvars(chain)$a), mean(chain$draws[, , "a"]))
  expect_identical(posterior::as_draws(chain), draws)
  expect_equal(as.double(posterior::summarise_draws(draws, "mean")$mean), summary(chain)$mean)
})

test_that("coda takes chains with their start and thinning", {
  skip_if_not_installed("coda")
  file <- temp_chain()
  run_mcmc(normal, named_start(), 50, file = file, seed = 7)
  chain <- read_chain(file, discard = 10, thin = 2)
  list <- coda::as.mcmc.list(chain)
  expect_identical(coda::mcpar(list[[1]]), c(12, 50, 2))
  expect_equal(as.vector(list[[3]][, "b"]), chain$draws[, 3, "b"])
  expect_identical(coda::nchain(coda::as.mcmc.list(new_chain_file(file, "mcmc"))), 20L)
})

test_that("derived quantities and blobs go to posterior, and what it asks of draws is answered", {
  skip_if_not_installed("posterior")
  log_prob <- function(x) list(normal(x), radius = sqrt(sum(x^2)), pair = 2 * x, table = matrix(1:4, 2), word = "a")
  chain <- run_mcmc(log_prob, named_start(), 60, seed = 7)
  expect_identical(posterior::variables(chain), c("a", "b", "radius"))
  expect_identical(posterior::variables(posterior::as_draws_df(chain, blobs = FALSE)), c("a", "b"))
  all <- posterior::as_draws_array(chain, blobs = TRUE)
  expect_identical(posterior::variables(all), c("a", "b", "radius", "pair[1]", "pair[2]", "table[1,1]", "table[2,1]", "table[1,2]", "table[2,2]"))
  expect_identical(as.vector(all[5, 3, "pair[2]"]), chain$blobs$pair[5, 3, 2])
  expect_identical(posterior::niterations(posterior::as_draws(chain, discard = 20, thin = 4)), 10L)
  expect_identical(posterior::variables(posterior::as_draws(chain, parameters = "radius")), "radius")
  summary <- posterior::summarise_draws(chain)
  expect_equal(as.double(summary$mean[3]), mean(chain$blobs$radius))
  expect_false("rhat" %in% names(summary))
  expect_identical(dim(posterior::subset_draws(chain, "a")), c(60L, 20L, 1L))
  expect_snapshot(posterior::as_draws(chain, pars = "a"), error = TRUE)
})

test_that("coda takes a chain of one walker as one", {
  skip_if_not_installed("coda")
  chain <- run_mcmc(normal, named_start(), 60, seed = 7)
  expect_snapshot(coda::as.mcmc(chain), error = TRUE)
  expect_equal(as.vector(coda::as.mcmc(chain[, 3, ])[, "b"]), chain$draws[, 3, "b"])
})

test_that("bayesplot takes chains and chain_files", {
  skip_if_not_installed("bayesplot")
  file <- temp_chain()
  run <- run_mcmc(normal, named_start(), 50, file = file, seed = 7) |> suppressMessages()
  data <- bayesplot::mcmc_trace_data(run)
  expect_identical(data$value[data$parameter == "b" & data$chain == 4], unname(read_chain(run)$draws[, 4, "b"]))
  expect_identical(bayesplot::mcmc_trace_data(read_chain(run)), data)
  for (plot in list(bayesplot::mcmc_trace, bayesplot::mcmc_intervals, bayesplot::mcmc_dens, bayesplot::mcmc_acf)) {
    expect_s3_class(plot(read_chain(run), pars = "b"), "ggplot")
  }
})

test_that("draws of posterior and coda are judged by parameter", {
  skip_if_not_installed("posterior")
  skip_if_not_installed("coda")
  chain <- run_mcmc(normal, start(), 500, seed = 7)
  of <- ess(chain, quiet = TRUE)
  expect_equal(ess(posterior::as_draws_matrix(chain), quiet = TRUE), of)
  expect_equal(ess(posterior::as_draws_df(chain), quiet = TRUE), of)
  expect_equal(ess(coda::as.mcmc.list(chain), quiet = TRUE), of)
  expect_equal(rhat(posterior::as_draws_array(chain)), rhat(chain))
  of_one <- function(x) suppressWarnings(ess(x, quiet = TRUE))
  expect_equal(of_one(coda::as.mcmc(chain[, 1, ])), of_one(chain[, 1, ]))
  for (ask in list(posterior::ess_mean, posterior::rhat_basic, posterior::mcse_mean, posterior::ess_bulk)) {
    expect_error(ask(chain), class = "livechain_error_argument")
  }
})

test_that("coda numbers steps that are not evenly apart anew, and gets none of none", {
  skip_if_not_installed("coda")
  chain <- reference(10)
  expect_identical(as.vector(stats::time(coda::as.mcmc.list(chain[c(1, 5, 6), , ]))), as.double(1:3))
  expect_identical(as.vector(stats::time(coda::as.mcmc.list(chain[c(2, 4, 6), , ]))), c(2, 4, 6))
  expect_error(coda::as.mcmc.list(chain[0, , ]), class = "livechain_error_empty")
})
