using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace HttpCaching.Redis.Scripts;

/// <summary>A script with its name on servers.</summary>
internal sealed class Script
{
    /// <summary>A script of this text.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "The protocol names scripts by SHA-1; nothing is protected by it.")]
    public Script(string text)
    {
        Text = text;
        Hash = SHA1.HashData(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>The SHA-1 of the text.</summary>
    public byte[] Hash { get; }
}
