run_example <- function(script, n_steps) {
  skip_on_cran()
  path <- system.file("examples", script, package = "livechain")
  withr::local_envvar(R_LIBS = paste(.libPaths(), collapse = ":"))
  output <- suppressWarnings(system2(file.path(R.home("bin"), "Rscript"), c(path, n_steps), stdout = TRUE, stderr = TRUE))
  expect_null(attr(output, "status"))
  paste(output, collapse = "\n")
}

# The first number in the row of a table.
in_row <- function(output, name) {
  row <- regmatches(output, regexpr(paste0("(?m)^ *\\Q", name, "\\E +[-0-9.e]+"), output, perl = TRUE))
  as.double(sub(".* ", "", row))
}

test_that("the hierarchy of 43 parameters finds what nlme finds", {
  output <- run_example("pharmacokinetics.R", 300)
  expect_equal(in_row(output, "mu[lKe]"), -2.45, tolerance = 0.05)
  expect_equal(in_row(output, "mu[lCl]"), -3.22, tolerance = 0.05)
  expect_equal(in_row(output, "half_life"), log(2) / exp(-2.45), tolerance = 0.1)
  expect_match(output, "walkers disagree")
})

test_that("the epidemic is that of the school", {
  skip_if_not_installed("deSolve")
  output <- run_example("epidemic.R", 300)
  expect_equal(in_row(output, "infectious_days"), 1.8, tolerance = 0.2)
  expect_gt(in_row(output, "R0"), 2)
  expect_no_match(output, "Warning")
})

test_that("two planets have the masses that they were given", {
  output <- run_example("two-planets.R", 600)
  expect_equal(in_row(output, "mass_b"), 0.44, tolerance = 0.05)
  expect_equal(in_row(output, "mass_c"), 0.56, tolerance = 0.1)
})
