using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

public sealed class StorageRulesTests
{
    [Theory]
    [InlineData("STO-1", "private", 200, "", nameof(StorageVerdict.Stored))]
    [InlineData("STO-1", "private", 302, "", nameof(StorageVerdict.NoPermission))]
    [InlineData("STO-1", "private", 302, "Expires: @60", nameof(StorageVerdict.Stored))]
    [InlineData("STO-1", "private", 302, "Expires: @-60", nameof(StorageVerdict.Stored))]
    [InlineData("STO-1", "private", 302, "Cache-Control: max-age=60", nameof(StorageVerdict.Stored))]
    [InlineData("STO-1", "private", 302, "Cache-Control: public", nameof(StorageVerdict.Stored))]
    [InlineData("STO-1", "private", 302, "Cache-Control: private", nameof(StorageVerdict.Stored))]
    [InlineData("STO-1", "private", 302, "Cache-Control: s-maxage=60", nameof(StorageVerdict.NoPermission))]
    [InlineData("STO-1", "shared", 302, "Cache-Control: s-maxage=60", nameof(StorageVerdict.Stored))]
    [InlineData("STO-1", "private", 302, "Cache-Control: foo=\"bar", nameof(StorageVerdict.NoPermission))]
    [InlineData("STO-1", "private", 201, "Last-Modified: @-1000", nameof(StorageVerdict.NoPermission))]
    [InlineData("STO-1", "private", 404, "", nameof(StorageVerdict.Stored))]
    [InlineData("STO-2", "private", 100, "Cache-Control: max-age=60", nameof(StorageVerdict.Status))]
    [InlineData("STO-2", "private", 103, "Cache-Control: public, max-age=60", nameof(StorageVerdict.Status))]
    [InlineData("STO-2", "private", 199, "Expires: @60", nameof(StorageVerdict.Status))]
    [InlineData("STO-3", "private", 304, "Cache-Control: max-age=60 | ETag: \"a\"", nameof(StorageVerdict.Status))]
    [InlineData("STO-3", "private", 206, "Cache-Control: max-age=60 | ETag: \"a\" | Content-Range: bytes 0-4/10", nameof(StorageVerdict.Partial))]
    [InlineData("STO-4", "private", 200, "Cache-Control: no-store", nameof(StorageVerdict.NoStore))]
    [InlineData("STO-4", "private", 200, "Cache-Control: No-StOrE, max-age=60, public", nameof(StorageVerdict.NoStore))]
    [InlineData("STO-4", "private", 200, "Cache-Control: max-age=60 | Expires: @60 | cache-control: NO-STORE", nameof(StorageVerdict.NoStore))]
    [InlineData("STO-6", "private", 200, "Cache-Control: no-store, must-understand, max-age=60", nameof(StorageVerdict.Stored))]
    [InlineData("STO-6", "private", 599, "Cache-Control: no-store, must-understand, max-age=60", nameof(StorageVerdict.NotUnderstood))]
    [InlineData("STO-6", "private", 599, "Cache-Control: must-understand, max-age=60", nameof(StorageVerdict.NotUnderstood))]
    [InlineData("STO-6", "private", 599, "Cache-Control: max-age=60", nameof(StorageVerdict.Stored))]
    [InlineData("STO-7", "private", 302, "Cache-Control: private", nameof(StorageVerdict.Stored))]
    [InlineData("STO-7", "private", 599, "Cache-Control: PRIVATE", nameof(StorageVerdict.Stored))]
    [InlineData("STO-7", "shared", 200, "Cache-Control: private, max-age=60", nameof(StorageVerdict.PrivateInShared))]
    [InlineData("STO-7", "shared", 200, "Cache-Control: private=\"set-cookie\", max-age=60", nameof(StorageVerdict.Stored))]
    [InlineData("CCP-9", "shared", 200, "Cache-Control: public, private", nameof(StorageVerdict.PrivateInShared))]
    [InlineData("STO-8", "private", 302, "Cache-Control: s-maxage=60, proxy-revalidate", nameof(StorageVerdict.NoPermission))]
    [InlineData("STO-9", "private", 599, "Cache-Control: public", nameof(StorageVerdict.Stored))]
    [InlineData("STO-9", "shared", 201, "Cache-Control: public", nameof(StorageVerdict.Stored))]
    [InlineData("STO-10", "private", 302, "Cache-Control: no-cache | ETag: \"a\"", nameof(StorageVerdict.NoPermission))]
    [InlineData("STO-10", "private", 302, "Cache-Control: must-revalidate | Last-Modified: @-1000", nameof(StorageVerdict.NoPermission))]
    [InlineData("STO-10", "private", 302, "ETag: \"a\"", nameof(StorageVerdict.NoPermission))]
    [InlineData("STO-11", "private", 428, "Cache-Control: max-age=60", nameof(StorageVerdict.Status))]
    [InlineData("STO-11", "private", 429, "Cache-Control: public, max-age=60", nameof(StorageVerdict.Status))]
    [InlineData("STO-11", "private", 431, "Expires: @60", nameof(StorageVerdict.Status))]
    [InlineData("STO-11", "shared", 511, "Cache-Control: s-maxage=60", nameof(StorageVerdict.Status))]
    [InlineData("AUT-4", "private", 200, "Set-Cookie: a=1 | Cache-Control: max-age=60", nameof(StorageVerdict.Stored))]
    [InlineData("AUT-4", "private", 301, "Set-Cookie: a=1 | Cache-Control: max-age=60", nameof(StorageVerdict.SetCookie))]
    [InlineData("AUT-4", "private", 308, "Set-Cookie: a=1 | Cache-Control: max-age=60, no-cache=\"set-cookie\"", nameof(StorageVerdict.Stored))]
    [InlineData("AUT-4", "shared", 301, "Set-Cookie: a=1 | Cache-Control: max-age=60, public", nameof(StorageVerdict.Stored))]
    [InlineData("AUT-5", "shared", 200, "Set-Cookie: a=1 | Cache-Control: max-age=60", nameof(StorageVerdict.SetCookie))]
    [InlineData("AUT-5", "shared", 200, "Set-Cookie: a=1 | Cache-Control: max-age=60, public", nameof(StorageVerdict.Stored))]
    [InlineData("AUT-5", "shared", 200, "Set-Cookie: a=1 | Cache-Control: s-maxage=60", nameof(StorageVerdict.Stored))]
    [InlineData("VRY-2", "private", 200, "Vary: * | Cache-Control: max-age=60", nameof(StorageVerdict.VaryAny))]
    [InlineData("FRS-5", "private", 200, "Cache-Control: no-cache", nameof(StorageVerdict.Stored))]
    [InlineData("FRS-5", "private", 200, "Cache-Control: no-cache, max-age=60", nameof(StorageVerdict.Stored))]
    public void MayStore_Response_Verdict(string spec, string kind, int status, string fields, string verdict) =>
        Given.Verdict(status, fields, Given.Settings(kind)).ToString().Should().Be(verdict, spec);

    [Theory]
    [InlineData("MTH-1", "PUT", "", nameof(StorageVerdict.Method))]
    [InlineData("MTH-1", "OPTIONS", "", nameof(StorageVerdict.Method))]
    [InlineData("MTH-1", "PROPFIND", "", nameof(StorageVerdict.Method))]
    [InlineData("MTH-1", "HEAD", "", nameof(StorageVerdict.Stored))]
    [InlineData("STO-5", "GET", "Cache-Control: no-store", nameof(StorageVerdict.RequestNoStore))]
    [InlineData("AUT-4", "GET", "Cookie: a=1", nameof(StorageVerdict.Stored))]
    public void MayStore_Request_Verdict(string spec, string method, string requestFields, string verdict) =>
        Given.Verdict(200, "Cache-Control: max-age=60, public", request: Given.Request(requestFields, method)).ToString().Should().Be(verdict, spec);

    [Theory]
    [InlineData("AUT-1", "shared", "max-age=60", nameof(StorageVerdict.Authorization))]
    [InlineData("AUT-1", "shared", "max-age=60, proxy-revalidate", nameof(StorageVerdict.Authorization))]
    [InlineData("AUT-1", "shared", "max-age=60, no-cache", nameof(StorageVerdict.Authorization))]
    [InlineData("AUT-1", "shared", "max-age=60, public", nameof(StorageVerdict.Stored))]
    [InlineData("AUT-1", "shared", "max-age=60, must-revalidate", nameof(StorageVerdict.Stored))]
    [InlineData("AUT-1", "shared", "s-maxage=60", nameof(StorageVerdict.Stored))]
    [InlineData("AUT-1", "private", "max-age=60", nameof(StorageVerdict.Stored))]
    public void MayStore_RequestWithAuthorization_NeedsPermissionInSharedCache(string spec, string kind, string cacheControl, string verdict) =>
        Given.Verdict(200, "Cache-Control: " + cacheControl, Given.Settings(kind), Given.Request("Authorization: Bearer x"))
            .ToString().Should().Be(verdict, spec);

    [Fact]
    [Trait("Spec", "AUT-2")]
    public void MayStore_CredentialsAddedBelowSharedCache_Forbidden()
    {
        var response = new ResponseHead
        {
            StatusCode = 200,
            HttpVersion = new Version(1, 1),
            Fields = Given.Fields("Cache-Control: max-age=60"),
            FinalMethod = "GET",
            FinalUri = Given.Uri,
            CredentialsAddedBelow = true,
        };

        Given.Verdict(200, "Cache-Control: max-age=60", Given.Shared, response: response).Should().Be(StorageVerdict.Authorization);
    }

    [Theory]
    [InlineData("FLD-1", "private", "X-B: 2 | X-A: 1 | X-B:  3 | Date: @0", "X-B: 2 | X-A: 1 | X-B:  3 | Date: @0")]
    [InlineData("FLD-2", "private", "Connection: X-A, close | X-A: 1 | X-B: 2 | Connection: x-c | X-C: 3 | Date: @0", "X-B: 2 | Date: @0")]
    [InlineData("FLD-3", "private", "Keep-Alive: 5 | Proxy-Connection: x | TE: x | Transfer-Encoding: chunked | Upgrade: x | Date: @0", "Date: @0")]
    [InlineData("FLD-3", "private", "Proxy-Authenticate: Basic | Proxy-Authentication-Info: x | Proxy-Authorization: x | Date: @0", "Date: @0")]
    [InlineData("FLD-4", "private", "Set-Cookie: a=1; Expires=Thu, 01 Jan 2026 | Set-Cookie: b=2 | Date: @0", "Set-Cookie: a=1; Expires=Thu, 01 Jan 2026 | Set-Cookie: b=2 | Date: @0")]
    [InlineData("FLD-5", "private", "Trailer: ETag | Date: @0", "Date: @0")]
    [InlineData("FLD-6", "private", "Cache-Control: no-cache=\"x-a, X-B\" | X-A: 1 | x-b: 2 | X-C: 3 | Date: @0", "Cache-Control: no-cache=\"x-a, X-B\" | X-C: 3 | Date: @0")]
    [InlineData("FLD-6", "private", "Cache-Control: no-cache=x-a | X-A: 1 | Date: @0", "Cache-Control: no-cache=x-a | Date: @0")]
    [InlineData("FLD-6", "private", "Cache-Control: private=\"x-a\" | X-A: 1 | Date: @0", "Cache-Control: private=\"x-a\" | X-A: 1 | Date: @0")]
    [InlineData("FLD-6", "shared", "Cache-Control: private=\"x-a\" | X-A: 1 | Date: @0", "Cache-Control: private=\"x-a\" | Date: @0")]
    [InlineData("FLD-7", "private", "Expires: 0 | Cache-Control: max-age=60", "Expires: 0 | Cache-Control: max-age=60 | Date: @0")]
    [InlineData("FLD-7", "private", "Date: yesterday | Expires: @9", "Date: yesterday | Expires: @9")]
    [InlineData("FLD-8", "private", "Age: 500 | Date: @0", "Date: @0")]
    public void FieldsToStore_ReceivedLines_WhatIsKept(string spec, string kind, string received, string kept) =>
        StorageRules.FieldsToStore(Given.Fields(received), Given.Now, Given.Settings(kind)).ToArray()
            .Should().Equal(Given.Fields(kept).ToArray(), spec);

    [Fact]
    [Trait("Spec", "FLD-8")]
    public void HeadOf_Age_BecomesInitialAge()
    {
        var stored = Given.Stored("Age: 500 | Cache-Control: max-age=600");

        stored.AgeValue.Should().Be(TimeSpan.FromSeconds(500));
        stored.Fields.Contains("Age").Should().BeFalse();
        ResponseConclusions.Of(stored, Given.Private).CurrentAge(Given.Now.AddSeconds(7)).Should().Be(TimeSpan.FromSeconds(507));
    }
}
