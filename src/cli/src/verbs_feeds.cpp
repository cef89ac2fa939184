// SPDX-License-Identifier: Apache-2.0
#include "verb_rows.hpp"

namespace oakum::cli {
namespace {

using enum Place;
using enum Format;
using ports::Method;

} // namespace

std::vector<Verb> feed_verbs() {
    return {
        {"firmware",
         "list",
         Method::get,
         "/api/v1/firmware",
         Shape::page,
         "firmware versions with an SBOM",
         {},
         {{"MODEL", "/model"},
          {"VERSION", "/version"},
          {"COMPONENTS", "/components", integer},
          {"DEVICES", "/devices", integer},
          {"OPEN", "/findings_open", integer},
          {"SBOM", "/sbom_name", text, 1}}},
        {"feed",
         "list",
         Method::get,
         "/api/v1/feeds",
         Shape::page,
         "advisory sources and their age",
         {},
         {{"FEED", "/name"},
          {"IMPORTED", "/imported", time},
          {"NEWEST", "/newest", time},
          {"RECORDS", "/accepted", integer},
          {"REJECTED", "/rejected", integer},
          {"STALE", "/stale", flag}}},
        {"job",
         "list",
         Method::get,
         "/api/v1/jobs",
         Shape::page,
         "long work",
         {},
         {{"ID", "/id", id},
          {"KIND", "/kind", text, 1},
          {"STATE", "/state"},
          {"DONE", "/done", integer, 2},
          {"OF", "/total", integer, 3},
          {"DETAIL", "/detail", text, 1}}},
        {"job",
         "show",
         Method::get,
         "/api/v1/jobs/{id}",
         Shape::object,
         "one job",
         {kId},
         {{"", "/detail"}, {"state", "/state"}, {"done", "/done", integer}, {"of", "/total", integer}}},
        {"job",
         "cancel",
         Method::del,
         "/api/v1/jobs/{id}",
         Shape::object,
         "stop a job",
         {kId},
         {{"", "/detail"}, {"state", "/state"}}},
    };
}

} // namespace oakum::cli
