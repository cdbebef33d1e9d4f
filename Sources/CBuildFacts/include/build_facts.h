#pragma once

/// What the program is made of, for `--version`.

/// The commit, with `-modified` behind it where files differed from it. Empty but in a build by `scripts/build-release`, for
/// which only this target is compiled anew.
const char *build_facts_commit(void);
/// Swift and the packages that it was built with, each with its version, with commas between. Empty as the commit is.
const char *build_facts_packages(void);

/// The versions of the libraries of the system that this process has loaded, by name: each a text such as `1.52.0`.
const char *build_facts_ncurses(void);
const char *build_facts_nghttp2(void);
const char *build_facts_sqlite(void);
const char *build_facts_zlib(void);
