test_that("a number has the digits that its spread gives a meaning to", {
  expect_identical(format_by_sd(c(3.5247, 2454950.3), c(2e-6, 1e-4)), c("3.52470000", "2454950.300000"))
  expect_identical(format_by_sd(c(214.183, 0.0163, 1e6), c(8.16, 0.997, 12345)), c("214.18", "0.016", "1000000"))
  expect_identical(format_by_sd(c(NA, Inf, 5, 1e-9), c(1, 1, 0, 2e-10)), c("NA", "Inf", "5", "1e-09"))
})

test_that("a summary shows what the draws can tell apart", {
  chain <- reference(400, init = start(20, 3))
  chain$draws[, , 1] <- 3.5247 + 2e-6 * chain$draws[, , 1]
  chain$draws[, , 2] <- 2454950.3 + 1e-4 * chain$draws[, , 2]
  chain$draws[, , 3] <- 7
  withr::local_options(width = 120)
  expect_snapshot(summary(chain))
  expect_snapshot(summary(chain)[c("parameter", "mean", "rhat")])
})

test_that("the ticks of an axis can be told apart", {
  expect_identical(format_ticks(c(0, 5e5, 1e6)), c("0", "500000", "1000000"))
  expect_identical(format_ticks(3.5247 + c(0, 2e-6)), c("3.524700", "3.524702"))
  expect_identical(format_ticks(c(0, 1e-12)), c("0e+00", "1e-12"))
  expect_identical(format_ticks(0.1), "0.1")
})

test_that("counts, rates and sizes are shown in one way", {
  expect_identical(format_count(c(2e5, 1e6, NA)), c("200,000", "1,000,000", "-"))
  expect_identical(format_rate(123456), "123,000")
  expect_identical(format_bytes(48.4e6), "48.4 MB")
  expect_match(describe_value(2e5), "^200000$")
})
