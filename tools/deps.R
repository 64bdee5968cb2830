# Rscript tools/deps.R missing   prints the R packages in DESCRIPTION that R does not find
# Rscript tools/deps.R install   installs those from CRAN

fields <- c("Imports", "LinkingTo", "Suggests")
# A substitute for the system's HDF5, and what takes many minutes to compile and is used in one place.
left_out <- c("hdf5lib", "nanoparquet")

needed_in <- function(fields) {
  text <- read.dcf("DESCRIPTION", fields)
  packages <- trimws(unlist(strsplit(text[!is.na(text)], ",")))
  setdiff(unique(sub("[ (].*", "", packages)), left_out)
}

requirement <- function(package) {
  text <- paste(read.dcf("DESCRIPTION", fields), collapse = ",")
  found <- regmatches(text, regexpr(paste0("\\b", package, " *\\(>= *[0-9.]+\\)"), text))
  if (length(found) == 0) "0" else gsub(".*>= *|\\)", "", found)
}

is_missing <- function(package) {
  version <- suppressWarnings(utils::packageDescription(package, fields = "Version"))
  is.na(version) || utils::compareVersion(version, requirement(package)) < 0
}

missing_in <- function(packages) Filter(is_missing, packages)

# R installs into its first library. Where that is not writable, the user's own, once it exists, comes first.
ensure_writable_library <- function() {
  if (file.access(.libPaths()[1], 2) != 0) {
    own <- Sys.getenv("R_LIBS_USER")
    dir.create(own, recursive = TRUE, showWarnings = FALSE)
    .libPaths(c(own, .libPaths()))
  }
}

install_missing <- function() {
  ensure_writable_library()
  packages <- missing_in(needed_in(fields))
  if (length(packages) == 0) {
    return()
  }
  repos <- getOption("repos")
  if (repos["CRAN"] == "@CRAN@") repos["CRAN"] <- "https://cloud.r-project.org"
  message("Installing from CRAN: ", paste(packages, collapse = ", "))
  # The files of one package side by side, too.
  if (!nzchar(Sys.getenv("MAKEFLAGS"))) Sys.setenv(MAKEFLAGS = paste0("-j", max(1, parallel::detectCores(), na.rm = TRUE)))
  utils::install.packages(packages,
    lib = .libPaths()[1], repos = repos, Ncpus = max(1, parallel::detectCores(), na.rm = TRUE), quiet = TRUE
  )
  optional <- missing_in(needed_in("Suggests"))
  if (length(optional) > 0) message("Going on without the optional ", paste(optional, collapse = ", "))
  needed <- missing_in(needed_in(c("Imports", "LinkingTo")))
  if (length(needed) > 0) stop("could not install ", paste(needed, collapse = ", "), call. = FALSE)
}

invisible(switch(commandArgs(TRUE)[1],
  missing = cat(missing_in(needed_in(fields))),
  install = install_missing()
))
