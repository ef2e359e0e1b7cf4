using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace KintoneSimulator;

/// <summary>
/// Brings an HttpClient to a <see cref="Simulator"/> without sockets: the answer is complete when the response is returned, and every wait goes
/// through the simulator's clock. A connection that breaks shows as over a socket: an exception, or a body that throws midway.
/// </summary>
public sealed class InMemoryHandler(Simulator simulator) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var connection = new Connection(cancellationToken);
        var http = await ContextAsync(request, connection, cancellationToken);
        await simulator.HandleAsync(http);
        cancellationToken.ThrowIfCancellationRequested();
        var body = connection.Body;
        if (connection.IsBroken && !connection.HasStarted)
        {
            throw http.Items[typeof(Fault)] is Fault { Failure: { } failure }
                ? failure()
                : new HttpRequestException(HttpRequestError.ResponseEnded, "The response ended prematurely.", new IOException("The connection was reset."));
        }
        var response = new HttpResponseMessage((HttpStatusCode)http.Response.StatusCode)
        {
            RequestMessage = request,
            Content = connection.IsBroken ? new StreamContent(new TornStream(body)) : new ReadOnlyMemoryContent(body),
        };
        foreach (var (name, values) in http.Response.Headers)
            if (!response.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                response.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        return response;
    }

    static async Task<DefaultHttpContext> ContextAsync(HttpRequestMessage request, Connection connection, CancellationToken ct)
    {
        var features = new FeatureCollection(8);
        var uri = request.RequestUri!;
        IHeaderDictionary headers = new HeaderDictionary();
        foreach (var (name, values) in request.Headers.NonValidated)
            headers.Append(name, values.ToArray());
        var incoming = new HttpRequestFeature
        {
            Method = request.Method.Method,
            Scheme = uri.Scheme,
            Path = Uri.UnescapeDataString(uri.AbsolutePath),
            QueryString = uri.Query,
            RawTarget = uri.PathAndQuery,
            Headers = headers,
        };
        headers.Host = uri.Authority;
        if (request.Content is { } content)
        {
            foreach (var (name, values) in content.Headers.NonValidated)
                headers.Append(name, values.ToArray());
            var bytes = await content.ReadAsByteArrayAsync(ct);
            headers.ContentLength = bytes.Length;
            incoming.Body = new MemoryStream(bytes, writable: false);
        }
        features.Set<IHttpRequestFeature>(incoming);
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(connection));
        features.Set<IHttpRequestLifetimeFeature>(connection);
        features.Set<IInMemoryFeature>(connection);
        return new(features);
    }

    /// <summary>The server's end of one exchange.</summary>
    sealed class Connection : Stream, IHttpRequestLifetimeFeature, IInMemoryFeature
    {
        readonly CancellationTokenSource _aborted;
        byte[]? _first;
        MemoryStream? _more;

        public Connection(CancellationToken ct)
        {
            _aborted = CancellationTokenSource.CreateLinkedTokenSource(ct);
            RequestAborted = _aborted.Token;
        }

        public CancellationToken RequestAborted { get; set; }

        public bool IsBroken { get; private set; }

        public bool HasStarted { get; private set; }

        public ReadOnlyMemory<byte> Body => _more is null ? _first ?? [] : _more.ToArray();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Abort()
        {
            IsBroken = true;
            _aborted.Cancel();
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            HasStarted = true;
            if (_first is null)
            {
                _first = buffer.ToArray();
                return ValueTask.CompletedTask;
            }
            if (_more is null)
                (_more = new()).Write(_first);
            _more.Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override void Write(byte[] buffer, int offset, int count) => _ = WriteAsync(buffer.AsMemory(offset, count)).AsTask();

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _aborted.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>A body that ends in a broken connection.</summary>
    sealed class TornStream(ReadOnlyMemory<byte> body) : Stream
    {
        int _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            if (_position == body.Length)
                throw new HttpIOException(HttpRequestError.ResponseEnded, "The response ended prematurely.");
            var count = Math.Min(buffer.Length, body.Length - _position);
            body.Span.Slice(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            Task.FromResult(Read(buffer.AsSpan(offset, count)));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
