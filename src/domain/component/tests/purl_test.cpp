// SPDX-License-Identifier: Apache-2.0
#include <component/purl.hpp>
#include <doctest/doctest.h>

using namespace oakum::component;

TEST_CASE("package URLs are read and written canonically") {
    struct Row {
        const char *text, *canonical;
    };
    for (const auto& row :
         {Row{"pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
              "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie"},
          Row{"pkg:npm/%40angular/animation@12.3.1", "pkg:npm/%40angular/animation@12.3.1"},
          Row{"pkg:npm/@angular/animation@12.3.1", "pkg:npm/%40angular/animation@12.3.1"},
          Row{"pkg:npm/@angular/animation", "pkg:npm/%40angular/animation"},
          Row{"pkg:PyPI/Django_package@1.11.1.dev1", "pkg:pypi/django-package@1.11.1.dev1"},
          Row{"pkg:golang/google.golang.org/genproto@abcdedf#/googleapis/../api/annotations/",
              "pkg:golang/google.golang.org/genproto@abcdedf#googleapis/api/annotations"},
          Row{"pkg://maven/org.apache.commons/io@1.3.4", "pkg:maven/org.apache.commons/io@1.3.4"},
          Row{"pkg:deb/debian/openssl@1%3A1.1.1k-1", "pkg:deb/debian/openssl@1:1.1.1k-1"},
          Row{"pkg:generic/openssl@1.1.10g?download_url=https://openssl.org/a.tar.gz&checksum=sha256:de4d",
              "pkg:generic/openssl@1.1.10g?checksum=sha256:de4d&download_url=https://openssl.org/a.tar.gz"},
          Row{"pkg:rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&x=",
              "pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386"},
          Row{"pkg:github/Package-URL/Purl-Spec@244fd47", "pkg:github/package-url/purl-spec@244fd47"},
          Row{"pkg:cran/RJSONIO@1.3", "pkg:cran/RJSONIO@1.3"},
          Row{"pkg:hackage/HTTP@4000.3", "pkg:hackage/HTTP@4000.3"},
          Row{"pkg:cocoapods/AFNetworking@4.0.1", "pkg:cocoapods/AFNetworking@4.0.1"},
          Row{"pkg:bitnami/WordPress@6.2", "pkg:bitnami/wordpress@6.2"},
          Row{"pkg:generic/a%20b@1%2B2", "pkg:generic/a%20b@1%2B2"}}) {
        const auto purl = Purl::parse(row.text);
        INFO(row.text);
        REQUIRE(purl.ok());
        CHECK(purl->text() == row.canonical);
        CHECK(Purl::parse(purl->text()).value() == *purl);
    }
}

TEST_CASE("a package URL gives its parts decoded") {
    const auto purl =
        Purl::parse("pkg:apk/alpine/busybox@1.36.1-r15?arch=x86_64&distro=alpine-3.19.1").value();
    CHECK(purl.type == "apk");
    CHECK(purl.name_space == "alpine");
    CHECK(purl.name == "busybox");
    CHECK(purl.version == "1.36.1-r15");
    CHECK(purl.qualifier("distro") == "alpine-3.19.1");
    CHECK(purl.qualifier("epoch").empty());
    CHECK(Purl::parse("pkg:maven/org.a/b@1").value().full_name() == "org.a:b");
    CHECK(Purl::parse("pkg:npm/%40a/b").value().full_name() == "@a/b");
}

TEST_CASE("malformed package URLs are refused with the part that is wrong") {
    struct Row {
        const char *text, *where;
    };
    for (const auto& row : {Row{"curl@7", ""}, Row{"pkg:deb", "name"}, Row{"pkg:1deb/curl", "type"},
                            Row{"pkg:d_b/curl", "type"}, Row{"pkg:deb/curl@1%2", "version"},
                            Row{"pkg:deb/%zz/curl", "namespace"}, Row{"pkg:deb/a%2Fb/curl", "namespace"},
                            Row{"pkg:deb/curl?arch", "qualifiers"}, Row{"pkg:deb/curl?a=1&A=2", "qualifiers"},
                            Row{"pkg:deb/curl?a b=1", "qualifiers"}, Row{"pkg:deb/%00", "name"},
                            Row{"pkg:deb/%FF", "name"}, Row{"pkg:deb//", "name"}}) {
        const auto purl = Purl::parse(row.text);
        INFO(row.text);
        REQUIRE_FALSE(purl.ok());
        CHECK(purl.error().where == row.where);
    }
    CHECK(Purl::parse("pkg:deb/" + std::string(1100, 'a')).error().kind == oakum::base::ErrorKind::too_large);
}
