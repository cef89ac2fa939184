// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "session.hpp"

#include <plan_files/plan_files.hpp>

// Plan files as they are read from disk or standard input, and how an error is put to its line.
namespace oakum::cli {

// "plan.yaml:7:16: what"
std::string placed(const std::string& file, yaml::Mark mark, std::string_view what);

// A file and how it is called in what is said of it.
struct Plans {
    std::string file;
    std::vector<plan_files::Document> documents;

    // Whether an error is about a value in the file: the server names it by its place in the document.
    static bool is_of_the_file(const base::Error& error) { return error.where.starts_with('/'); }
    // Such an error, at its line. Queries name a column of theirs besides.
    base::Error at_line(const plan_files::Document& document, base::Error error) const;
};

// Tells each wrong line as an editor finds it; then how many there are.
base::Error wrong_lines(const Session& session, const std::string& file,
                        const std::vector<std::string>& lines);

// "-" is standard input. Each wrong line is told; then how many there are. Errors: invalid, not_found,
// too_large.
base::Result<Plans> plans_in(const Session& session, const std::string& given);

} // namespace oakum::cli
