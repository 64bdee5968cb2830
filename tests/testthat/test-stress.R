# The stress tests of `make stress`, with small counts.
test_that("the promises hold under stress", {
  skip_on_cran()
  skip_if_not_installed("callr")
  runner <- test_path("..", "stress", "run.R")
  skip_if_not(file.exists(runner), "the stress tests are in the sources only")
  library <- paste(.libPaths(), collapse = .Platform$path.sep)
  output <- suppressWarnings(system2(
    file.path(R.home("bin"), "Rscript"), runner,
    stdout = TRUE, stderr = TRUE, env = c("LIVECHAIN_STRESS=0.004", paste0("R_LIBS=", library))
  ))
  failed <- grep("^Failed: ", output, value = TRUE)
  passed <- any(grepl("^[0-9]+ passed, 0 failed$", output))
  expect(passed, paste(c(failed, "All that the stress tests said:", output), collapse = "\n"))
})
