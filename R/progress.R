# The progress of a run: NULL, or a function that is told the number of steps a few times a second.

progress_bar <- function(settings, show, frame = parent.frame()) {
  if (!show) {
    return(NULL)
  }
  told <- progress_teller(settings$n_done, settings$n_done + settings$n_steps)
  display <- if (cli::is_dynamic_tty(stderr())) progress_in_place() else progress_lines()
  do.call(on.exit, list(as.call(list(display$end)), add = TRUE), envir = frame)
  function(n_steps) display$show(told(n_steps))
}

# What there is to tell, as chain_status() has it.
progress_teller <- function(n_done, target, now = function() proc.time()[["elapsed"]]) {
  began <- now()
  function(n_steps) {
    elapsed <- now() - began
    rate <- if (elapsed > 0 && n_steps > n_done) (n_steps - n_done) / elapsed else NA_real_
    list(state = "running", n_steps = n_steps, target = target, rate = rate, remaining = max(0, target - n_steps) / rate)
  }
}

# In a terminal: one line that is written over.
progress_in_place <- function(write = function(text) cat(text, file = stderr())) {
  shown <- FALSE
  list(
    show = function(status) {
      shown <<- TRUE
      width <- cli::console_width() - 1
      write(paste0("\r", formatC(progress_line(status, width), width = -width)))
    },
    end = function() if (shown) write("\n")
  )
}

# In a log or a report: a line now and then, more rarely as the run becomes longer.
progress_lines <- function(now = function() proc.time()[["elapsed"]]) {
  wait <- 5
  last <- now()
  list(
    show = function(status) {
      if (now() - last >= wait) {
        message("Sampling: ", paste(status_progress(status)[-1], collapse = ", "))
        last <<- now()
        wait <<- min(60, 2 * wait)
      }
    },
    end = function() NULL
  )
}
