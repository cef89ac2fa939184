// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/log.hpp>
#include <base/result.hpp>
#include <base/time.hpp>
#include <ports/http.hpp>

#include <optional>
#include <string>

namespace oakum::api {

// An error on its way out: logged under its id (our own faults as errors, what the peer did wrong as
// information), and as RFC 9457 for the peer.
ports::HttpResponse problem_of(base::LogSink& log, const base::Error& error, const std::string& id);
ports::HttpResponse problem_with(base::LogSink& log, int status, const base::Error& error,
                                 const std::string& id);
// An advisory that the data does not hold.
ports::HttpResponse not_in_data(base::LogSink& log, const base::Error& error, const std::string& id,
                                const std::optional<base::TimePoint>& newest_record);

// Also on what is no problem: never cached, sniffed, framed or told to other sites.
void add_security_headers(ports::HttpResponse& response);
void add_page_headers(ports::HttpResponse& response); // of the dashboard's own files

} // namespace oakum::api
