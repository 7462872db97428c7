using System.Security.Cryptography;

namespace HttpCaching.Control;

/// <summary>A digest that a response states of its body.</summary>
/// <param name="Algorithm">The algorithm.</param>
/// <param name="Value">The digest.</param>
internal sealed record ExpectedDigest(HashAlgorithmName Algorithm, byte[] Value);
