library(testthat)
library(livechain)

test_check("livechain")
