#!/bin/sh
# Writes situations.md: each situation, by its number, with what it prints.
cd "$(dirname "$0")" || exit 1
exec Rscript -e 'text <- knitr::spin(text = readLines("situations.R"), knit = FALSE)' \
  -e 'page <- strsplit(knitr::knit(text = text, quiet = TRUE), "\n")[[1]]' \
  -e 'situations <- grep("^### ", page)' \
  -e 'page[situations] <- sprintf("### %d. %s", seq_along(situations), substring(page[situations], 5))' \
  -e 'writeLines(gsub("/[^ ]*/([^/ ]+[.](h5|csv|nc))", "\\1", page), "situations.md")'
