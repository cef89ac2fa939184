// SPDX-License-Identifier: Apache-2.0
#include <mender_api/artifact.hpp>

#include <compression/decompressor.hpp>
#include <doctest/doctest.h>
#include <tar/header.hpp>

using namespace oakum;
using namespace oakum::mender_api;

namespace {

const base::TimePoint kThen = base::from_unix_ms(1'700'000'000'000);
const char* const kInfo =
    R"({"payloads":[{"type":"single-file"}],"artifact_provides":{"artifact_name":"rel-2"},"artifact_depends":{"device_type":["testbox","other"],"artifact_name":["rel-1"]}})";

std::string made(std::string info, std::string version = R"({"format":"mender","version":3})",
                 bool packed = true) {
    std::vector<tar::Entry> inner{
        {"header-info", std::move(info)},
        {"headers/0000/type-info",
         R"({"type":"single-file","artifact_provides":{"rootfs-image.single-file.version":"rel-2"},"artifact_depends":{"rootfs-image.checksum":"abc","line":["a","b"]}})"},
        {"headers/0000/meta-data", ""}};
    std::string header = tar::archive(inner, kThen).value();
    if (packed) header = std::string(base::as_text(compression::gzip_member(base::as_bytes(header)).value()));
    std::vector<tar::Entry> outer{{"version", std::move(version)},
                                  {"manifest", "..."},
                                  {"manifest.sig", "..."},
                                  {packed ? "header.tar.gz" : "header.tar", std::move(header)},
                                  {"data/0000.tar.gz", std::string(3000, 'x')}};
    return tar::archive(outer, kThen).value();
}

} // namespace

TEST_CASE("an artifact says its name, its device types, what it comes after and what it brings") {
    for (const bool packed : {true, false}) {
        const std::string bytes = made(kInfo, R"({"format":"mender","version":3})", packed);
        CHECK(is_artifact(bytes));
        const auto head = read_artifact_head(bytes);
        REQUIRE(head.ok());
        CHECK(head->name == "rel-2");
        CHECK(head->device_types == std::vector<std::string>{"testbox", "other"});
        CHECK(head->depends ==
              std::map<std::string, std::vector<std::string>>{
                  {"artifact_name", {"rel-1"}}, {"rootfs-image.checksum", {"abc"}}, {"line", {"a", "b"}}});
        CHECK(head->update_modules == std::vector<std::string>{"single-file"});
        CHECK(head->provides.at("rootfs-image.single-file.version") == "rel-2");
        CHECK(head->is_signed);
        // The payload need not be here.
        CHECK(read_artifact_head(std::string_view(bytes).substr(0, bytes.size() - 3000)).ok());
    }
}

TEST_CASE("what is cut off, of another version or without a name is refused") {
    const std::string bytes = made(kInfo);
    for (const std::size_t size : {0U, 100U, 512U, 1024U, 2500U})
        CHECK_FALSE(read_artifact_head(std::string_view(bytes).substr(0, size)).ok());
    CHECK_FALSE(read_artifact_head(made(kInfo, R"({"format":"mender","version":2})")).ok());
    CHECK_FALSE(read_artifact_head(made("{}")).ok());
    CHECK_FALSE(
        read_artifact_head(
            made(R"({"artifact_provides":{"artifact_name":""},"artifact_depends":{"device_type":["a"]}})"))
            .ok());
    CHECK_FALSE(
        read_artifact_head(made(R"({"artifact_provides":{"artifact_name":"a"},"artifact_depends":{}})"))
            .ok());
    CHECK_FALSE(is_artifact(std::string(2000, 'x')));
}
