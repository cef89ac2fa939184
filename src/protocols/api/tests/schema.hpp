// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <json/value.hpp>

#include <string>
#include <vector>

// As much of JSON Schema 2020-12 as openapi.json uses. A keyword that this does not know is a mistake of the
// document.
namespace oakum::api::test {

class Schemas {
  public:
    // The whole OpenAPI document.
    explicit Schemas(json::Value document) : document_(std::move(document)) {}
    // What is wrong with the value, each with its place; empty: it fits.
    std::vector<std::string> check(const json::Value& value, std::string_view schema) const;
    json::Value named(std::string_view schema) const;
    const json::Value& document() const { return document_; }

  private:
    void check(const json::Value& value, const json::Value& schema, std::vector<std::string>& wrong) const;
    json::Value document_;
};

} // namespace oakum::api::test
