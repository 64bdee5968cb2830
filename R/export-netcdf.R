# A chain as netCDF-4, laid out as ArviZ does: https://python.arviz.org/en/stable/schema/schema.html
#
# netCDF has the dimensions [chain, draw, ...] as C does, RNetCDF as R does: [..., draw, chain].

write_netcdf <- function(source, path) {
  sample <- source$read(1, 1)
  variables <- netcdf_variables(sample, source$groups)
  file <- RNetCDF::create.nc(path, prefill = FALSE, format = "netcdf4")
  on.exit(RNetCDF::close.nc(file))
  netcdf_attributes(file, sample)
  groups <- lapply(split(variables, names(variables)), function(of_group) {
    define_group(file, names(of_group)[1], of_group, dim(sample)[2], source$n_steps, sample)
  })
  for (name in names(groups)) {
    RNetCDF::var.put.nc(groups[[name]], "chain", seq_len(dim(sample)[2]) - 1)
    for (variable in variables[names(variables) == name]) put_labels(groups[[name]], variable)
  }
  each_block(source, function(chain, first) {
    for (name in names(groups)) {
      RNetCDF::var.put.nc(groups[[name]], "draw", chain$steps, first, length(chain$steps))
      for (variable in variables[names(variables) == name]) put_block(groups[[name]], variable, chain, first)
    }
  })
}

# A list of variables with the names of their groups. Each has its `name`, `long_name`, `type`, the `labels` of each of its own
# dimensions, and `values(chain)`, an array [..., step, walker].
netcdf_variables <- function(chain, groups) {
  fields <- export_fields(chain)
  is_text <- vapply(fields, is.character, TRUE)
  blob_groups <- ifelse(is_text, "sample_stats", "posterior")
  moved <- names(fields) %in% names(groups)
  blob_groups[moved] <- groups[names(fields)[moved]]
  variables <- c(
    lapply(element_groups(dimnames(chain$draws)[[3]], names(fields)), parameter_variable),
    unname(Map(blob_variable, fields, names(fields))),
    list(list(long_name = "lp", type = "NC_DOUBLE", labels = list(), values = function(chain) chain$log_prob))
  )
  n_parameters <- length(variables) - length(fields) - 1
  names(variables) <- c(rep("posterior", n_parameters), blob_groups, "sample_stats")
  netcdf_names <- make.unique(vapply(variables, function(variable) netcdf_name(variable$long_name), ""), "_")
  Map(function(variable, name) c(variable, name = name), variables, netcdf_names)
}

# mu[1] and mu[2] are one variable, mu, unless something else has that name.
element_groups <- function(names, taken) {
  base <- sub("^(.+)\\[[^][,]+\\]$", "\\1", names)
  is_element <- base != names & !base %in% c(names, taken)
  base[!is_element] <- names[!is_element]
  lapply(unique(base), function(name) {
    columns <- which(base == name)
    labels <- if (is_element[columns[1]]) list(element_labels(substring(names[columns], nchar(name) + 2, nchar(names[columns]) - 1)))
    list(name = name, columns = columns, labels = labels)
  })
}

element_labels <- function(labels) if (all(grepl("^[0-9]{1,9}$", labels))) as.integer(labels) else labels

parameter_variable <- function(group) {
  columns <- group$columns
  is_vector <- length(group$labels) > 0
  list(
    long_name = group$name, type = "NC_DOUBLE", labels = as.list(group$labels),
    values = function(chain) {
      draws <- chain$draws[, , columns, drop = FALSE]
      if (is_vector) aperm(draws, c(3, 1, 2)) else array(draws, dim(draws)[1:2])
    }
  )
}

blob_variable <- function(field, name) {
  shape <- dim(field)[-(1:2)]
  list(
    long_name = name, type = netcdf_types[[typeof(field)]], labels = lapply(shape, seq_len),
    values = function(chain) {
      field <- export_fields(chain)[[name]]
      aperm(field, c(rev(seq_along(dim(field))[-(1:2)]), 1, 2))
    }
  )
}

netcdf_types <- list(double = "NC_DOUBLE", integer = "NC_INT", logical = "NC_BYTE", character = "NC_STRING")

# Letters, digits and most signs; no slash, no sign at the beginning, no space at the end.
netcdf_name <- function(name) {
  name <- sub("[[:space:]]+$", "", gsub("[/[:cntrl:]]", "_", name))
  if (!grepl("^[[:alnum:]_]", name)) name <- paste0("_", name)
  if (name %in% c("chain", "draw")) paste0(name, "_") else name
}

define_group <- function(file, name, variables, n_walkers, n_steps, sample) {
  group <- RNetCDF::grp.def.nc(file, name)
  netcdf_attributes(group, sample)
  RNetCDF::dim.def.nc(group, "chain", n_walkers)
  RNetCDF::dim.def.nc(group, "draw", n_steps)
  RNetCDF::var.def.nc(group, "chain", "NC_INT", "chain")
  RNetCDF::var.def.nc(group, "draw", "NC_INT", "draw")
  for (variable in variables) define_variable(group, variable)
  group
}

define_variable <- function(group, variable) {
  own <- own_dimensions(variable)
  for (i in seq_along(own)) {
    labels <- variable$labels[[i]]
    RNetCDF::dim.def.nc(group, own[i], length(labels))
    RNetCDF::var.def.nc(group, own[i], if (is.character(labels)) "NC_STRING" else "NC_INT", own[i])
  }
  RNetCDF::var.def.nc(group, variable$name, variable$type, c(rev(own), "draw", "chain"))
  if (variable$name != variable$long_name) put_attribute(group, variable$name, "long_name", variable$long_name)
  if (variable$type == "NC_BYTE") put_attribute(group, variable$name, "dtype", "bool")
  # The number that R has for a missing one.
  if (variable$type == "NC_INT") RNetCDF::att.put.nc(group, variable$name, "_FillValue", "NC_INT", -2^31)
}

own_dimensions <- function(variable) {
  if (length(variable$labels) > 0) paste0(variable$name, "_dim_", seq_along(variable$labels) - 1) else character()
}

put_labels <- function(group, variable) {
  own <- own_dimensions(variable)
  for (i in seq_along(own)) RNetCDF::var.put.nc(group, own[i], variable$labels[[i]])
}

put_block <- function(group, variable, chain, first) {
  values <- variable$values(chain)
  if (is.logical(values)) storage.mode(values) <- "integer"
  start <- c(rep(1, length(dim(values)) - 2), first, 1)
  RNetCDF::var.put.nc(group, variable$name, values, start, dim(values), na.mode = 3)
}

netcdf_attributes <- function(group, chain) {
  version <- as.character(utils::packageVersion("livechain"))
  attributes <- list(
    created_at = format(Sys.time(), "%Y-%m-%dT%H:%M:%SZ", tz = "UTC"),
    creation_library = "livechain", creation_library_version = version, creation_library_language = "R",
    inference_library = "livechain", inference_library_version = version
  )
  for (name in names(attributes)) put_attribute(group, "NC_GLOBAL", name, attributes[[name]])
  for (name in c("thin_by", "n_ensembles")) {
    RNetCDF::att.put.nc(group, "NC_GLOBAL", name, "NC_INT", chain[[name]] %||% 1)
  }
}

put_attribute <- function(group, variable, name, text) RNetCDF::att.put.nc(group, variable, name, "NC_CHAR", enc2utf8(text))
