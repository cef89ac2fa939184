// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>
#include <ports/http.hpp>

#include <optional>
#include <string>

namespace oakum::api {

// The one place where an ErrorKind becomes an HTTP status.
int status_of(base::ErrorKind kind);

// RFC 9457, with kind and where. `id` also stands in the log. What is our own fault (bug, corrupt) is told in
// general words: the log has the particulars.
ports::HttpResponse problem(const base::Error& error, const std::string& id);
ports::HttpResponse problem_with(int status, const base::Error& error, const std::string& id);
// An advisory that the data does not hold.
ports::HttpResponse not_in_data(const base::Error& error, const std::string& id,
                                const std::optional<base::TimePoint>& newest_record);

// Also on what is no problem: never cached, sniffed, framed or told to other sites.
void add_security_headers(ports::HttpResponse& response);
void add_page_headers(ports::HttpResponse& response); // of the dashboard's own files

} // namespace oakum::api
