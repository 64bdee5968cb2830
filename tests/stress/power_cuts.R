# Power cuts. What a run writes is recorded (record_writes.c), and files are made of it as a power cut may leave them: what was
# written before the last completed sync is there; since then, by model, each page is as it was at a moment of its own, or one
# page is old, or the size of the file is, or all is there. Each such image is read, verified, repaired and resumed.

models <- list(
  pages_4096 = list(sector = 4096, kind = "pages"), pages_512 = list(sector = 512, kind = "pages"),
  one = list(sector = 4096, kind = "one"), size = list(sector = 4096, kind = "size"), prefix = list(sector = 4096, kind = "prefix")
)

power_cuts <- function() {
  folder <- folder_of()
  on.exit(unlink(folder, recursive = TRUE))
  chosen <- sort(sample(names(scenarios), min(length(scenarios), counts(500))))
  records <- record_all(folder, chosen)
  n <- ceiling(counts(1000) / length(records))
  jobs <- expand.grid(record = seq_along(records), model = names(models), image = seq_len(n), stringsAsFactors = FALSE)
  jobs <- jobs[order(jobs$model, jobs$record, jobs$image), ]
  result("power cuts", nrow(jobs), "images", in_isolation(check_cuts, jobs, folder, records, n),
    note = sprintf("%d scenarios, %d models", length(records), length(models))
  )
}

check_cuts <- function(jobs, log, records, n) {
  folder <- folder_of()
  on.exit(unlink(folder, recursive = TRUE))
  found <- no_failures()
  kept <- character()
  done <- 0
  for (part in split(jobs, list(jobs$record, jobs$model), drop = TRUE)) {
    record <- records[[part$record[1]]]
    reference <- readRDS(record$reference)
    each_image(record, models[[part$model[1]]], n, function(i, image) {
      if (!i %in% part$image) {
        return()
      }
      done <<- done + 1
      writeLines(as.character(done), log)
      failures <- check_image(image, scenarios[[record$scenario]], reference, folder)
      if (sum(failures$counts) > 0) {
        kept <<- c(kept, paste(record$scenario, part$model[1], i, failures$words, keep_image(image, paste(record$scenario, part$model[1], i, sep = "-"))))
      }
      found <<- found + failures$counts
    })
  }
  list(found = found, kept = kept)
}
