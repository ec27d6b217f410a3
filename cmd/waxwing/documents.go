package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/directory"
	"github.com/waxwing-mail/waxwing/server"
	"github.com/waxwing-mail/waxwing/shelf"
	"github.com/waxwing-mail/waxwing/trust"
)

// documents returns the documents of one kind in the database of a home; nil where the folder is no home, so that they are its files.
func (a *app) documents(ctx context.Context, dir, kind string) (*db.Documents, error) {
	if dir == "" || !server.IsHome(dir) {
		return nil, nil
	}
	h, err := server.Open(ctx, server.Options{Dir: dir})
	if err != nil {
		return nil, homeError(homeFlags{dir: dir}, err)
	}
	a.closers = append(a.closers, h)
	return h.DB.Documents(kind), nil
}

// trustStore opens the trust store in a folder or in the database of a home.
func (a *app) trustStore(ctx context.Context, path string) (*trust.Store, error) {
	if path == defaultStoreName {
		path = defaultStore()
	}
	d, err := a.documents(ctx, path, "trust")
	if d == nil {
		return trust.Open(path), err
	}
	return trust.On(d), nil
}

// memory opens the memory of correspondents in a folder or in the database of a home.
func (a *app) memory(ctx context.Context, path string) (*directory.Memory, error) {
	d, err := a.documents(ctx, path, "correspondent")
	if d == nil {
		return directory.Open(path), err
	}
	return directory.On(d), nil
}

// defaultCacheName stands for the user's folder of evidence in the help, where no home may appear.
const defaultCacheName = "the user's own"

// evidenceCache opens what keeps fetched evidence; nil keeps it in memory.
func (a *app) evidenceCache(ctx context.Context, path string) (shelf.Shelf, error) {
	switch path {
	case "none":
		return nil, nil
	case defaultCacheName:
		dir, err := os.UserCacheDir()
		if err != nil {
			return nil, nil // no home: the cache is kept in memory
		}
		return shelf.Folder(filepath.Join(dir, "waxwing", "evidence"), "", shelf.Private), nil
	}
	d, err := a.documents(ctx, path, "evidence")
	if d == nil {
		return shelf.Folder(path, "", shelf.Private), err
	}
	return d, nil
}
