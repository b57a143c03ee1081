using System.DirectoryServices.Protocols;
using System.Net;

namespace Hufu.Publishing.Ldap;

/// <summary>A connection to one directory.</summary>
internal sealed class DirectoryLink : IDisposable
{
    private const int Page = 500;

    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(15);

    private readonly LdapConnection _connection;
    private readonly DirectoryEntries _entries;

    /// <summary>Connects and binds.</summary>
    /// <exception cref="LdapException">The directory is away, or does not let us in.</exception>
    public DirectoryLink(DirectoryTarget target, string folder, DirectoryEntries entries)
    {
        _entries = entries;
        _connection = new LdapConnection(new LdapDirectoryIdentifier(target.Host, target.Port)) { AuthType = AuthType.Basic, Timeout = s_wait, AutoBind = false };
        try
        {
            _connection.SessionOptions.ProtocolVersion = 3;
            if (target.Tls == DirectoryTls.Ldaps)
            {
                _connection.SessionOptions.SecureSocketLayer = true;
            }

            _connection.Bind(new NetworkCredential(target.BindDn, File.ReadAllText(Path.Combine(folder, target.PasswordFile)).TrimEnd('\r', '\n')));
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>Makes an entry as it is to be, new or changed.</summary>
    public void Put(DirectoryEntry entry)
    {
        var modify = new ModifyRequest(entry.Dn);
        foreach (var (name, values) in entry.Values)
        {
            var change = new DirectoryAttributeModification { Name = name, Operation = DirectoryAttributeOperation.Replace };
            foreach (var value in values)
            {
                change.Add(value);
            }

            modify.Modifications.Add(change);
        }

        try
        {
            _connection.SendRequest(modify);
        }
        catch (DirectoryOperationException missing) when (missing.Response?.ResultCode == ResultCode.NoSuchObject)
        {
            foreach (var (dn, unit) in _entries.Parents(entry.Dn))
            {
                Add(new AddRequest(dn, new DirectoryAttribute("objectClass", "organizationalUnit"), new DirectoryAttribute("ou", unit)));
            }

            var add = new AddRequest(entry.Dn, new DirectoryAttribute("objectClass", [.. entry.Classes]));
            foreach (var (name, value) in entry.Plain)
            {
                add.Attributes.Add(new DirectoryAttribute(name, value));
            }

            foreach (var (name, values) in entry.Values.Where(one => one.Values.Count > 0))
            {
                var attribute = new DirectoryAttribute { Name = name };
                foreach (var value in values)
                {
                    attribute.Add(value);
                }

                add.Attributes.Add(attribute);
            }

            Add(add);
        }
    }

    /// <summary>Takes an entry away; one that is not there is gone already.</summary>
    public void Remove(string dn)
    {
        try
        {
            _connection.SendRequest(new DeleteRequest(dn));
        }
        catch (DirectoryOperationException missing) when (missing.Response?.ResultCode == ResultCode.NoSuchObject)
        {
            // Gone.
        }
    }

    /// <summary>The values of an attribute of an entry; empty when one of them is not there.</summary>
    public IReadOnlyList<byte[]> Read(string dn, string attribute)
    {
        try
        {
            var response = (SearchResponse)_connection.SendRequest(new SearchRequest(dn, "(objectClass=*)", SearchScope.Base, attribute));
            return response.Entries.Count == 0 || response.Entries[0].Attributes[attribute] is not { } values ? [] : [.. values.GetValues(typeof(byte[])).Cast<byte[]>()];
        }
        catch (DirectoryOperationException missing) when (missing.Response?.ResultCode == ResultCode.NoSuchObject)
        {
            return [];
        }
    }

    /// <summary>Every holder's certificate below an entry, a page at a time.</summary>
    public IEnumerable<(string Dn, byte[] Certificate)> Certificates(string below)
    {
        var paging = new PageResultRequestControl(Page);
        while (true)
        {
            var request = new SearchRequest(below, "(userCertificate;binary=*)", SearchScope.Subtree, "userCertificate;binary");
            request.Controls.Add(paging);
            SearchResponse response;
            try
            {
                response = (SearchResponse)_connection.SendRequest(request);
            }
            catch (DirectoryOperationException missing) when (missing.Response?.ResultCode == ResultCode.NoSuchObject)
            {
                yield break;
            }

            foreach (SearchResultEntry entry in response.Entries)
            {
                foreach (var value in entry.Attributes["userCertificate;binary"].GetValues(typeof(byte[])))
                {
                    yield return (entry.DistinguishedName, (byte[])value);
                }
            }

            if (response.Controls.OfType<PageResultResponseControl>().FirstOrDefault() is not { Cookie.Length: > 0 } next)
            {
                yield break;
            }

            paging.Cookie = next.Cookie;
        }
    }

    public void Dispose() => _connection.Dispose();

    private void Add(AddRequest request)
    {
        try
        {
            _connection.SendRequest(request);
        }
        catch (DirectoryOperationException there) when (there.Response?.ResultCode == ResultCode.EntryAlreadyExists)
        {
            // Somebody else made it.
        }
    }
}
