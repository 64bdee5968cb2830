#!/bin/sh
# Writes situations.md: each situation with what it prints.
cd "$(dirname "$0")" || exit 1
exec Rscript -e 'text <- knitr::spin(text = readLines("situations.R"), knit = FALSE)' \
  -e 'page <- knitr::knit(text = text, quiet = TRUE)' \
  -e 'writeLines(gsub("/[^ ]*/([^/ ]+[.]h5)", "\\1", page), "situations.md")'
