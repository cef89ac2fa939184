// SPDX-License-Identifier: Apache-2.0
#include <intake/file_kind.hpp>

#include <doctest/doctest.h>

using namespace oakum::intake;

TEST_CASE("the end of a name declares a kind, in whatever case; names of raw images declare none") {
    CHECK(declared_by("gateway-1.5.0.swu") == FileKind::swu);
    CHECK(declared_by("GATEWAY.RAUCB") == FileKind::rauc);
    CHECK(declared_by("rootfs.tar.gz") == FileKind::gzip);
    CHECK(declared_by("openssl_3.0.15-1_arm64.deb") == FileKind::deb);
    for (const char* silent : {"zephyr.signed.bin", "image", "disk.img", "swu", ""})
        CHECK_MESSAGE(declared_by(silent) == std::nullopt, silent);
}

TEST_CASE("a kind that is built on another may carry its name, and not the other way round") {
    CHECK(agrees(FileKind::tar, FileKind::mender));
    CHECK_FALSE(agrees(FileKind::mender, FileKind::tar));
    CHECK(agrees(FileKind::squashfs, FileKind::rauc));
    CHECK_FALSE(agrees(FileKind::rauc, FileKind::squashfs));
    CHECK(agrees(FileKind::cpio, FileKind::swu));
    CHECK_FALSE(agrees(FileKind::swu, FileKind::unknown));
}
