// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace oakum::cli {

// What the command line said, kept alive for the run.
struct Line {
    std::string output = "table", server, fingerprint, token;
    int limit = 50;
    bool dry_run = false;
    bool writes_documents = false;                         // the command knows sarif and cyclonedx
    std::map<std::string, std::string> values;             // of the verb that was given
    std::map<std::string, std::vector<std::string>> pairs; // its KEY=VALUE options
    const Verb* verb = nullptr;                            // none when a flow was given
    std::string noun;
    std::function<base::Status()> action;
};

struct Session {
    Line& line;
    Console& console;

    Shown shown() const;
    // Errors: unauthenticated (nobody said which server).
    base::Result<Connection> connection() const;
    base::Result<Api> api() const;
};

// One verb of the table. Errors: those of the server, and of values that cannot be sent.
base::Status run_verb(const Verb& verb, const Session& session);

// The id that `given` stands for: an id as it is, else the one thing of that noun with that name (a device's
// serial, a release's NAME@VERSION, a token's label). Errors: not_found, conflict (several).
base::Result<std::string> id_of(Api& api, std::string_view noun, const std::string& given);

// An error in words, with the option or the column that it is about, and what to do next.
std::string explain(const base::Error& error, const Line& line);
int exit_status(base::ErrorKind kind);

} // namespace oakum::cli
