// SPDX-License-Identifier: Apache-2.0
#include "bench_device.hpp"

#include <medium.hpp>
#include <rauc.hpp>

using namespace oakum;
using namespace oakum::agent;
using namespace oakum::agent::test;

namespace {

updates::Image image_of(const std::string& bytes) {
    return {base::sha256(bytes), bytes.size(), "2.0"};
}

base::Status put(Medium& medium, const std::string& bytes) {
    if (auto begun = medium.begin("b"); !begun.ok()) return begun;
    for (std::size_t at = 0; at < bytes.size(); at += 1000)
        if (auto written = medium.write(base::as_bytes(std::string_view(bytes).substr(at, 1000)));
            !written.ok())
            return written;
    return medium.finish();
}

struct Partitions {
    Partitions() {
        for (const char* name : {"a", "b", "ka", "kb"})
            std::ofstream(folder.path / name) << std::string(100'000, 'o');
    }
    std::string of(const std::string& name) const {
        return system::read_bounded(folder.path / name, 1 << 20).value();
    }
    Folder folder;
    Component rootfs{"rootfs", {{"a", folder.path / "a"}, {"b", folder.path / "b"}}};
    Component kernel{"kernel", {{"a", folder.path / "ka"}, {"b", folder.path / "kb"}}};
};

std::string packed(const std::string& name, const std::string& content) {
    char header[111];
    std::snprintf(header, sizeof header, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", 1,
                  0100644, 0, 0, 1, 0, static_cast<unsigned>(content.size()), 0, 0, 0, 0,
                  static_cast<unsigned>(name.size() + 1), 0);
    std::string out = header + name;
    out.append(4 - out.size() % 4, '\0');
    out += content;
    out.append((4 - out.size() % 4) % 4, '\0');
    return out;
}

} // namespace

TEST_CASE("an image goes to its partition, and what the partition then holds is compared with it") {
    const Partitions on;
    Component only = on.rootfs;
    only.name.clear();
    PartitionMedium medium({only});
    CHECK(medium.capacity("b").value() == 100'000);
    const std::string bytes(70'001, 'n');
    REQUIRE(put(medium, bytes).ok());
    CHECK(medium.read_back(image_of(bytes)).ok());
    CHECK(on.of("a") == std::string(100'000, 'o'));
    std::fstream(on.folder.path / "b", std::ios::in | std::ios::out | std::ios::binary)
        .seekp(70'000)
        .put('x');
    CHECK(medium.read_back(image_of(bytes)).error().kind == base::ErrorKind::corrupt);
    CHECK(put(medium, std::string(100'001, 'n')).error().kind == base::ErrorKind::too_large);
    CHECK(std::filesystem::file_size(on.folder.path / "b") == 100'000);
}

TEST_CASE("several components go to their partitions in the order of the archive, all of them or none") {
    const Partitions on;
    PartitionMedium medium({on.kernel, on.rootfs});
    const std::string whole =
        Tar().file("kernel", "new kernel").file("rootfs", std::string(50'000, 'n')).done();
    REQUIRE(put(medium, whole).ok());
    CHECK(medium.read_back(image_of(whole)).ok());
    CHECK(on.of("kb").starts_with("new kerneloooo"));
    CHECK(on.of("b").starts_with(std::string(50'000, 'n') + "oooo"));
    CHECK(on.of("ka") == std::string(100'000, 'o'));
    std::fstream(on.folder.path / "kb", std::ios::in | std::ios::out | std::ios::binary).put('x');
    CHECK(medium.read_back(image_of(whole)).error().kind == base::ErrorKind::corrupt);

    const std::string half = Tar().file("kernel", "new kernel").done();
    REQUIRE(put(medium, half).ok());
    CHECK(medium.read_back(image_of(half)).error().kind == base::ErrorKind::invalid);
    CHECK(put(medium, Tar().file("kernel", "k").file("rogue", "r").done()).error().kind ==
          base::ErrorKind::invalid);
    CHECK(put(medium, Tar().file("kernel", std::string(100'001, 'k')).done()).error().kind ==
          base::ErrorKind::too_large);
    CHECK_FALSE(put(medium, whole.substr(0, whole.size() - 600)).ok());
}

TEST_CASE("a file is found in a cpio archive; one that is cut off or lies about its lengths is refused") {
    const Folder folder;
    const auto file = folder.path / "archive";
    const std::string whole = packed("sw-description", "text") +
                              packed("rootfs.img", std::string(100'003, 'r')) + packed("TRAILER!!!", "");
    const auto look = [&](const std::string& bytes) {
        std::ofstream(file, std::ios::binary) << bytes;
        return find_in_cpio(file, "rootfs.img");
    };
    const auto found = look(whole);
    REQUIRE(found.ok());
    CHECK(found->length == 100'003);
    CHECK(found->digest == base::sha256(std::string(100'003, 'r')));
    CHECK(look(packed("other", "x") + packed("TRAILER!!!", "")).error().kind == base::ErrorKind::not_found);
    for (const std::size_t length : {0U, 50U, 109U, 110U, 120U, 200U, 1000U, 100'100U})
        CHECK(look(whole.substr(0, length)).error().kind == base::ErrorKind::corrupt);
    std::string lies = whole;
    lies.replace(54, 8, "FFFFFFFF");
    CHECK(look(lies).error().kind == base::ErrorKind::corrupt);
    lies = whole;
    lies.replace(94, 8, "7FFFFFFF");
    CHECK(look(lies).error().kind == base::ErrorKind::corrupt);
    lies.replace(94, 8, "0000000x");
    CHECK(look(lies).error().kind == base::ErrorKind::corrupt);
}

TEST_CASE("what RAUC says of its slots is read; one system, three, or none that runs is refused") {
    const auto slot = [](const std::string& name, const std::string& boot_name, const std::string& parent) {
        return "{\"" + name + "\":{\"class\":\"c\",\"device\":\"/dev/" + name +
               "\",\"bootname\":" + (boot_name.empty() ? "null" : "\"" + boot_name + "\"") +
               ",\"parent\":" + (parent.empty() ? "null" : "\"" + parent + "\"") +
               ",\"slot_status\":{\"bundle\":{},\"checksum\":{\"sha256\":\"ab\",\"size\":7}}}}";
    };
    const auto status = [&](const std::string& booted, const std::string& slots) {
        return RaucStatus::parse("rauc-Message: hello\n{\"booted\":\"" + booted +
                                 "\",\"boot_primary\":\"rootfs.1\",\"slots\":[" + slots + "]}");
    };
    const std::string two = slot("rootfs.0", "system0", "") + "," + slot("appfs.1", "", "rootfs.1") + "," +
                            slot("rootfs.1", "system1", "");
    const auto read = status("system0", two);
    REQUIRE(read.ok());
    CHECK(read->letter_of(read->booted) == "a");
    CHECK(read->main_slot("b").value() == "rootfs.1");
    CHECK(read->slots.at(1).boot_name == "system1");
    CHECK(read->slots.at(1).length == 7);
    CHECK(status("system7", two).error().kind == base::ErrorKind::corrupt);
    CHECK(status("system0", slot("rootfs.0", "system0", "")).error().kind == base::ErrorKind::corrupt);
    CHECK(status("system0", two + "," + slot("rootfs.2", "system2", "")).error().kind ==
          base::ErrorKind::corrupt);
    CHECK_FALSE(RaucStatus::parse("nothing").ok());
    CHECK_FALSE(RaucStatus::parse("{\"booted\":1}").ok());
}
